import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Fetches Apache Maven for a machine that has a JDK and nothing else: downloads the pinned version,
 * checks it against its pinned SHA-512, and unpacks it. Run by mvnw, straight from its source.
 */
class FetchMaven {
  static final String VERSION = "3.9.11";
  static final String SHA_512 =
      "03e2d65d4483a3396980629f260e25cac0d8b6f7f2791e4dc20bc83f9514db8d0f05b0479e699a5f34679250c49c8e52e961262ded468a20de0be254d8207076";
  static final String ADDRESS =
      "https://repo.maven.apache.org/maven2/org/apache/maven/apache-maven/" + VERSION + "/apache-maven-" + VERSION + "-bin.zip";

  /** Unpacks Maven into the given directory, which must not exist and is named for the version. */
  public static void main(String[] args) throws Exception {
    Path target = Path.of(args[0]);
    if (!target.getFileName().toString().endsWith("-" + VERSION)) {
      throw new IllegalArgumentException("expected a directory for " + VERSION + ", found " + target);
    }
    String address = System.getenv().getOrDefault("MAVEN_DISTRIBUTION", ADDRESS);
    System.err.println("mvnw: fetching Apache Maven " + VERSION + " from " + address);
    byte[] zip = download(URI.create(address));
    String found =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(zip));
    if (!found.equals(SHA_512)) {
      throw new IOException("expected SHA-512 " + SHA_512 + ", found " + found);
    }
    Files.createDirectories(target.getParent());
    Path unpacked = Files.createTempDirectory(target.getParent(), "maven");
    unpack(zip, unpacked);
    Files.move(unpacked.resolve("apache-maven-" + VERSION), target, StandardCopyOption.ATOMIC_MOVE);
    Files.delete(unpacked);
  }

  static byte[] download(URI address) throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(Duration.ofSeconds(20))
            .build()) {
      HttpResponse<byte[]> response =
          client.send(
              HttpRequest.newBuilder(address).timeout(Duration.ofMinutes(5)).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() != 200) {
        throw new IOException("expected HTTP 200 from " + address + ", found " + response.statusCode());
      }
      return response.body();
    }
  }

  static void unpack(byte[] zip, Path directory) throws IOException {
    try (InputStream bytes = new java.io.ByteArrayInputStream(zip);
        ZipInputStream entries = new ZipInputStream(bytes)) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        Path path = directory.resolve(entry.getName()).normalize();
        if (!path.startsWith(directory)) {
          throw new IOException("an entry outside the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else {
          Files.createDirectories(path.getParent());
          Files.copy(entries, path);
          if (entry.getName().endsWith("/bin/mvn") && !path.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + path + " executable");
          }
        }
      }
    }
  }
}
