package courtside.feedapi.lexicon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the check of every answer lets pass, and what it does not. */
final class LexiconsTest {
  private static final String POST = "at://did:plc:abc/app.bsky.feed.post/3k";

  @BeforeEach
  void needsTheLexicons() {
    String why = "needs " + Lexicons.place() + ", which is not here: no answer is checked";
    if (Lexicons.present().isEmpty()) {
      // The build's own lines count what was skipped and do not say why.
      System.out.println("skipped: " + why);
    }
    assumeTrue(Lexicons.present().isPresent(), why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "getFeedSkeleton       | {'feed':[]}",
        "getFeedSkeleton       | {'cursor':'1','feed':[{'post':'POST','feedContext':'v'}],'reqId':'r'}",
        "getFeedSkeleton       | {'feed':[{'post':'POST','reason':{'$type':'app.bsky.feed.defs#skeletonReasonPin'}}]}",
        "describeFeedGenerator | {'did':'did:web:localhost%3A8080','feeds':[{'uri':'at://did:web:x.y/app.bsky.feed.generator/a'}]}",
        "describeFeedGenerator | {'did':'did:web:x.y','feeds':[],'links':{'privacyPolicy':'https://x.y'}}",
        "sendInteractions      | {}",
      })
  void passesWhatTheLexiconsSay(String method, String body) {
    assertThat(Lexicons.present().orElseThrow().wrong(nsid(method), 200, json(body))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "getFeedSkeleton       | {}",
        "getFeedSkeleton       | {'feed':[],'cursor':null}",
        "getFeedSkeleton       | {'feed':[{'post':'POST','feedContext':null}]}",
        "getFeedSkeleton       | {'feed':[{'post':'POST','reason':null}]}",
        "getFeedSkeleton       | {'feed':[{'post':'POST','reason':{}}]}",
        "getFeedSkeleton       | {'feed':[{'post':'POST','reason':{'$type':'#skeletonReasonPin'}}]}",
        "getFeedSkeleton       | {'feed':[{'post':'https://x.y'}]}",
        "getFeedSkeleton       | {'feed':[{'uri':'POST'}]}",
        "getFeedSkeleton       | {'feed':['POST']}",
        "getFeedSkeleton       | {'feed':[],'colour':'orange'}",
        "describeFeedGenerator | {'feeds':[]}",
        "describeFeedGenerator | {'did':'x.y','feeds':[]}",
        "describeFeedGenerator | {'did':'did:web:x.y','feeds':['at://did:web:x.y/a.b.c/d']}",
        "sendInteractions      | []",
      })
  void refusesWhatTheyDoNot(String method, String body) {
    assertThat(Lexicons.present().orElseThrow().wrong(nsid(method), 200, json(body))).isNotEmpty();
  }

  @Test
  void knowsWhatAnErrorIs() {
    Lexicons lexicons = Lexicons.present().orElseThrow();

    assertThat(lexicons.wrong("a.b.c", 400, json("{'error':'Name','message':'text'}"))).isEmpty();
    assertThat(lexicons.wrong("a.b.c", 400, json("{'error':'A name','message':'x'}"))).isNotEmpty();
    assertThat(lexicons.wrong("a.b.c", 400, json("{'message':'text'}"))).isNotEmpty();
    assertThat(lexicons.wrong("a.b.c", 500, "Server Error")).isNotEmpty();
  }

  private static String nsid(String method) {
    return "app.bsky.feed." + method;
  }

  private static String json(String text) {
    return text.replace("POST", POST).replace('\'', '"');
  }
}
