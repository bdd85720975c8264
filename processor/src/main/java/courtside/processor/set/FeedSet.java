package courtside.processor.set;

import courtside.processor.feed.FeedTopology;
import courtside.processor.metrics.StageGauges;
import courtside.processor.rule.RuleException;
import courtside.processor.streams.Application;
import courtside.processor.streams.Input;
import courtside.processor.streams.ReadPositions;
import courtside.processor.streams.ThreadReplacement;
import java.util.List;
import org.apache.kafka.streams.StreamsConfig;

/** One set that runs. Thread-safe. */
final class FeedSet implements RunningSets.Running {
  private final String id;
  private final SetRules rules;
  private final Application application;
  private final StageGauges gauges;

  private FeedSet(String id, SetRules rules, Application application, FeedSetsSettings settings) {
    this.id = id;
    this.rules = rules;
    this.application = application;
    this.gauges = StageGauges.ofSet(settings.registry(), id, application);
  }

  static FeedSet start(String id, Members members, FeedSetsSettings settings) throws RuleException {
    SetRules rules = new SetRules(id, members);
    StreamsConfig config =
        settings
            .streams()
            .application(FeedTopology.application(id), settings.threads(), Input.POSTS);
    ReadPositions positions = new ReadPositions();
    return new FeedSet(
        id,
        rules,
        Application.start(
            settings.streams(),
            config,
            FeedTopology.build(
                config, rules, settings.memory(), positions, settings.ends(), settings.counts()),
            positions,
            new ThreadReplacement(settings.nanoTime()),
            settings.registry(),
            () -> {
              // Told by the application itself; other sets go on.
            }),
        settings);
  }

  @Override
  public void replace(Members members) throws RuleException {
    rules.replace(members);
  }

  Application application() {
    return application;
  }

  /** What it does now. */
  SetStage now() {
    List<String> feeds =
        rules.now().versions().stream().map(version -> version.feed().value()).distinct().toList();
    return new SetStage(id, feeds, application.now());
  }

  @Override
  public boolean end() {
    gauges.close();
    return application.leave();
  }

  @Override
  public void close() {
    gauges.close();
    application.close();
  }
}
