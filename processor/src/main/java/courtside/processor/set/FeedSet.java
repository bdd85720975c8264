package courtside.processor.set;

import courtside.eventlog.feed.FeedVersion;
import courtside.processor.feed.FeedTopology;
import courtside.processor.feed.Tallies;
import courtside.processor.metrics.StageGauges;
import courtside.processor.rule.RuleException;
import courtside.processor.streams.Application;
import courtside.processor.streams.Input;
import courtside.processor.streams.ReadPositions;
import courtside.processor.streams.Stage;
import courtside.processor.streams.ThreadReplacement;
import java.util.List;
import org.apache.kafka.streams.StreamsConfig;

/** One set that runs. Thread-safe. */
final class FeedSet implements RunningSets.Running, FeedGauges.Shown {
  private final String id;
  private final SetRules rules;
  private final Application application;
  private final Tallies tallies;
  private final FeedSetsSettings settings;
  private final StageGauges gauges;

  private FeedSet(
      String id,
      SetRules rules,
      Application application,
      Tallies tallies,
      FeedSetsSettings settings) {
    this.id = id;
    this.rules = rules;
    this.application = application;
    this.tallies = tallies;
    this.settings = settings;
    this.gauges = StageGauges.ofSet(settings.registry(), id, this::stage, tallies::matchRate);
  }

  static FeedSet start(String id, Members members, FeedSetsSettings settings) throws RuleException {
    // On this thread, whose failure ends the process: no set would ever work.
    settings.streams().memory().load();
    SetRules rules = new SetRules(id, members);
    StreamsConfig config =
        settings
            .streams()
            .application(
                FeedTopology.application(id),
                settings.threads(),
                Input.POSTS,
                settings.standbyReplicas());
    ReadPositions positions = new ReadPositions();
    Tallies tallies = new Tallies();
    Application application =
        Application.start(
            settings.streams(),
            config,
            FeedTopology.build(
                config,
                rules,
                settings.memory(),
                positions,
                settings.ends(),
                settings.letters(),
                settings.counts(),
                tallies),
            positions,
            new ThreadReplacement(settings.nanoTime()),
            settings.registry(),
            () -> {
              // Told by the application itself; other sets go on.
            });
    return new FeedSet(id, rules, application, tallies, settings);
  }

  @Override
  public void replace(Members members) throws RuleException {
    rules.replace(members);
  }

  Application application() {
    return application;
  }

  private Stage stage() {
    return application.now(settings.ends(), settings.clock().instant());
  }

  /** What it does now. */
  SetStage now() {
    List<String> feeds =
        versions().stream().map(version -> version.feed().value()).distinct().toList();
    return new SetStage(id, feeds, stage(), tallies.matchRate());
  }

  @Override
  public List<FeedVersion> versions() {
    return rules.now().versions();
  }

  @Override
  public double lagEvents() {
    return StageGauges.events(stage().lag());
  }

  @Override
  public double lagSeconds() {
    return StageGauges.seconds(stage().lag());
  }

  @Override
  public double matchRate(FeedVersion version) {
    return tallies.matchRate(version).orElse(Double.NaN);
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
