package courtside.atproto.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.json.JsonObjects;
import courtside.atproto.key.Curve;
import courtside.atproto.key.VerifyingKey;
import courtside.atproto.syntax.Did;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a DID document says of an account or a service. An entry that is broken counts as absent and
 * spoils no other. Immutable.
 *
 * @param id whose document it is
 * @param handle the first handle it claims, in lower case. A claim only, until the handle's domain
 *     names this DID too
 * @param signingKey the key that signs the account's commits and tokens
 * @param services what is offered where, in the document's order, at most {@link #MAX_SERVICES}
 * @param spoilt which entries were broken, of each what was expected; the first {@link #MAX_SPOILT}
 *     of them
 * @see <a href="https://atproto.com/specs/did#did-documents">DID documents</a>
 */
public record DidDocument(
    Did id,
    Optional<String> handle,
    Optional<VerifyingKey> signingKey,
    List<Service> services,
    List<String> spoilt) {
  /** Largest document that is read, in bytes. */
  public static final int MAX_BYTES = 512 << 10;

  /** Most broken entries that are named. */
  public static final int MAX_SPOILT = 16;

  /** Most services that are kept; more are passed over. */
  public static final int MAX_SERVICES = 64;

  /** Longest id and type of a service that is kept, in characters. */
  public static final int MAX_NAME_LENGTH = 256;

  /**
   * One entry of {@code service}.
   *
   * @param id the fragment with its number sign, without the DID: {@code #atproto_pds}
   * @param endpoint an origin, {@code https://host} or {@code http://host:port}
   */
  public record Service(String id, String type, String endpoint) {}

  /** Copies the lists. */
  public DidDocument {
    services = List.copyOf(services);
    spoilt = List.copyOf(spoilt);
  }

  /**
   * Reads a document.
   *
   * @param json the document's bytes
   * @param expected the DID it was asked for
   * @throws MalformedDataException {@link Kind#TOO_LARGE}, {@link Kind#BAD_UTF8} or {@link
   *     Kind#BAD_JSON} if it is not one JSON object of at most {@link #MAX_BYTES}, {@link
   *     Kind#BAD_IDENTIFIER} if it is not the document of that DID
   */
  public static DidDocument read(byte[] json, Did expected) throws MalformedDataException {
    ObjectNode root = JsonObjects.read(json, MAX_BYTES);
    JsonNode id = root.path("id");
    if (!expected.value().equals(id.textValue())) {
      throw new MalformedDataException(
          Kind.BAD_IDENTIFIER,
          -1,
          "expected the document of %s, found that of %s"
              .formatted(
                  Text.quote(expected.value()),
                  id.isTextual() ? Text.quote(id.textValue()) : "nobody"));
    }
    Reading reading = new Reading(expected.value());
    return new DidDocument(
        expected,
        reading.handle(root.path("alsoKnownAs")),
        reading.signingKey(root.path("verificationMethod")),
        reading.services(root.path("service")),
        reading.spoilt);
  }

  /** The endpoint of the first service of that id and type. */
  public Optional<String> endpoint(String id, String type) {
    return services.stream()
        .filter(service -> service.id().equals(id) && service.type().equals(type))
        .map(Service::endpoint)
        .findFirst();
  }

  /** The origin of the account's personal data server. */
  public Optional<String> pds() {
    return endpoint("#atproto_pds", "AtprotoPersonalDataServer");
  }

  /** Goes through the entries, and keeps what is wrong with them. */
  private static final class Reading {
    private static final String AT = "at://";
    private static final String SIGNING_KEY = "#atproto";

    private final String did;
    private final List<String> spoilt = new ArrayList<>();

    Reading(String did) {
      this.did = did;
    }

    Optional<String> handle(JsonNode aliases) {
      int count = entries("alsoKnownAs", aliases);
      for (int i = 0; i < count; i++) {
        String alias = aliases.path(i).textValue();
        if (alias == null) {
          spoil("alsoKnownAs", i, "expected text", aliases.path(i));
        } else if (alias.startsWith(AT)) {
          String name = alias.substring(AT.length());
          if (Hosts.isDomain(name)) {
            return Optional.of(name.toLowerCase(Locale.ROOT));
          }
          spoil("alsoKnownAs", i, "expected at:// and a handle", aliases.path(i));
        }
      }
      return Optional.empty();
    }

    Optional<VerifyingKey> signingKey(JsonNode methods) {
      int count = entries("verificationMethod", methods);
      for (int i = 0; i < count; i++) {
        JsonNode method = methods.path(i);
        if (!method.isObject()) {
          spoil("verificationMethod", i, "expected an object", method);
        } else if (fragment(method).filter(SIGNING_KEY::equals).isPresent()) {
          if (!did.equals(method.path("controller").textValue())) {
            spoil(
                "verificationMethod",
                i,
                "expected the DID as controller",
                method.path("controller"));
            continue;
          }
          try {
            return Optional.of(key(method));
          } catch (MalformedDataException e) {
            spoil("verificationMethod", i, String.valueOf(e.getMessage()));
          }
        }
      }
      return Optional.empty();
    }

    private static VerifyingKey key(JsonNode method) throws MalformedDataException {
      String text = method.path("publicKeyMultibase").textValue();
      if (text == null) {
        throw new MalformedDataException(
            Kind.MISSING_FIELD, -1, "expected text as publicKeyMultibase, found none");
      }
      String type = Optional.ofNullable(method.path("type").textValue()).orElse("");
      return switch (type) {
        case "Multikey" -> VerifyingKey.ofMultikey(text);
        case "EcdsaSecp256k1VerificationKey2019" ->
            VerifyingKey.ofLegacyMultibase(Curve.K256, text);
        case "EcdsaSecp256r1VerificationKey2019" ->
            VerifyingKey.ofLegacyMultibase(Curve.P256, text);
        default ->
            throw new MalformedDataException(
                Kind.BAD_KEY, -1, "expected the type Multikey, found " + Text.quote(type));
      };
    }

    List<Service> services(JsonNode entries) {
      int count = entries("service", entries);
      List<Service> services = new ArrayList<>();
      for (int i = 0; i < count && services.size() < MAX_SERVICES; i++) {
        service(i, entries.path(i)).ifPresent(services::add);
      }
      return services;
    }

    private Optional<Service> service(int index, JsonNode entry) {
      if (!entry.isObject()) {
        spoil("service", index, "expected an object", entry);
        return Optional.empty();
      }
      String id = fragment(entry).orElse("");
      String type = Optional.ofNullable(entry.path("type").textValue()).orElse("");
      JsonNode endpoint = entry.path("serviceEndpoint");
      // Documents in general may have ids elsewhere, lists of types, and objects or lists as
      // endpoints: those are not broken, but for others.
      if (id.isEmpty() || type.isEmpty() || endpoint.isContainerNode()) {
        return Optional.empty();
      }
      if (id.length() > MAX_NAME_LENGTH || type.length() > MAX_NAME_LENGTH) {
        spoil("service", index, "expected an id and a type of at most 256 characters", entry);
        return Optional.empty();
      }
      Optional<String> origin = Optional.ofNullable(endpoint.textValue()).flatMap(Hosts::origin);
      if (origin.isEmpty()) {
        spoil("service", index, "expected an http or https origin", endpoint);
      }
      return origin.map(at -> new Service(id, type, at));
    }

    /** How many there are of what should be a list. */
    private int entries(String member, JsonNode list) {
      if (list.isArray()) {
        return list.size();
      }
      if (!list.isMissingNode() && !list.isNull()) {
        spoil(member, -1, "expected a list", list);
      }
      return 0;
    }

    /** The id without the DID before it: both forms are in use, in one document even. */
    private Optional<String> fragment(JsonNode entry) {
      String id = entry.path("id").textValue();
      if (id == null) {
        return Optional.empty();
      }
      String fragment = id.startsWith(did) ? id.substring(did.length()) : id;
      return fragment.startsWith("#") ? Optional.of(fragment) : Optional.empty();
    }

    private void spoil(String member, int index, String expected, JsonNode found) {
      spoil(
          member,
          index,
          expected
              + ", found "
              + (found.isTextual()
                  ? Text.quote(found.textValue())
                  : found.getNodeType().name().toLowerCase(Locale.ROOT)));
    }

    private void spoil(String member, int index, String what) {
      if (spoilt.size() < MAX_SPOILT) {
        spoilt.add(member + (index < 0 ? "" : "[" + index + "]") + ": " + what);
      }
    }
  }
}
