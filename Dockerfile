# One target for each service, and one for the command line and the demo's relay.
FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
# Libraries first: they are fetched again only where a pom has changed.
COPY mvnw pom.xml ./
COPY .mvn .mvn
COPY atproto/pom.xml atproto/
COPY benchmarks/pom.xml benchmarks/
COPY broker/pom.xml broker/
COPY event-log/pom.xml event-log/
COPY feed-api/pom.xml feed-api/
COPY ingestor/pom.xml ingestor/
COPY launcher/pom.xml launcher/
COPY processor/pom.xml processor/
COPY service/pom.xml service/
COPY testkit/pom.xml testkit/
RUN ./mvnw -B -q -ntp -Dquick -Dmaven.test.skip -Dspotless.check.skip -pl launcher -am package
COPY . .
RUN ./mvnw -B -q -ntp -Dquick -Dmaven.test.skip -Dspotless.check.skip -pl launcher -am clean package
# The arguments of each service's JVM. They name every jar, as a cache holds for one class path.
RUN for service in ingestor processor feed-api; do \
      mkdir -p /app/$service && mv $service/target/lib /app/$service/lib && \
      printf '%s\n' --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
        -XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError \
        -cp "$(ls /app/$service/lib/*.jar | LC_ALL=C sort | paste -sd:)" \
        courtside.$(echo $service | tr -d -).Main > /app/$service/java.args; \
    done

FROM eclipse-temurin:25-jre AS service
RUN useradd --system --uid 10001 courtside && mkdir /data && chown courtside /data
COPY deploy/live /usr/local/bin/live
# Whatever the umask was where this was cloned.
RUN chmod 755 /usr/local/bin/live
USER courtside
VOLUME /data
ENV COURTSIDE_DATA=/data COURTSIDE_HEALTH_HOST=0.0.0.0

# They live once here, for the JVM to write down what it then starts by: in half the time.
FROM service AS rehearsal
USER root
COPY --from=build /app /app
COPY --from=build /src/feeds/*.yaml /app/feeds/
COPY --from=build /src/launcher/target/lib /launcher
RUN java --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Xmx768m \
  -cp "/launcher/*" courtside.rehearsal.RehearsalMain /app /app/feeds \
  && chmod -R a+rX /app && rm -r /app/*/rehearsal.log /app/rehearsal* || (tail -n 50 /app/*/rehearsal.log; false)

FROM service AS ingestor
COPY --from=rehearsal /app/ingestor /app/ingestor
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s CMD ["live", "8081"]
ENTRYPOINT ["java", "-XX:AOTCache=/app/ingestor/service.aot", "@/app/ingestor/java.args"]

FROM service AS processor
COPY --from=rehearsal /app/processor /app/processor
COPY --from=rehearsal /app/feeds /app/feeds
ENV COURTSIDE_PROCESSOR_FEEDS=/app/feeds
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s CMD ["live", "8082"]
ENTRYPOINT ["java", "-XX:AOTCache=/app/processor/service.aot", "@/app/processor/java.args"]

FROM service AS feed-api
COPY --from=rehearsal /app/feed-api /app/feed-api
ENV COURTSIDE_FEED_API_HOST=0.0.0.0
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s CMD ["live", "8083"]
ENTRYPOINT ["java", "-XX:AOTCache=/app/feed-api/service.aot", "@/app/feed-api/java.args"]

# The command line; the demo's relay is among its jars.
FROM service AS command
COPY --from=build /src/launcher/target/lib /app/lib
COPY --from=rehearsal /app/feeds /app/feeds
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=50", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", \
  "-Dcourtside.home=/app", "-cp", "/app/lib/*", "courtside.command.Courtside"]
