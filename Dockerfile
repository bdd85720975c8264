# The three services, one target each.
FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY . .
# Where Maven is fetched from, if not from its usual place.
ARG MAVEN_DISTRIBUTION
RUN ./mvnw -B -q -ntp -Dquick -Dmaven.test.skip -Dspotless.check.skip -pl launcher -am package
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
USER courtside
VOLUME /data
ENV COURTSIDE_DATA=/data COURTSIDE_HEALTH_HOST=0.0.0.0

# They live once here, for the JVM to write down what it then starts by: in half the time.
FROM service AS rehearsal
USER root
COPY --from=build /app /app
COPY --from=build /src/feeds /app/feeds
COPY --from=build /src/launcher/target/lib /launcher
RUN java --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Xmx768m \
  -cp "/launcher/*" courtside.rehearsal.RehearsalMain /app /app/feeds \
  && rm -r /app/*/rehearsal.log /app/rehearsal* || (tail -n 50 /app/*/rehearsal.log; false)

FROM service AS ingestor
COPY --from=rehearsal /app/ingestor /app/ingestor
ENTRYPOINT ["java", "-XX:AOTCache=/app/ingestor/service.aot", "@/app/ingestor/java.args"]

FROM service AS processor
COPY --from=rehearsal /app/processor /app/processor
COPY --from=build /src/feeds /app/feeds
ENV COURTSIDE_PROCESSOR_FEEDS=/app/feeds
ENTRYPOINT ["java", "-XX:AOTCache=/app/processor/service.aot", "@/app/processor/java.args"]

FROM service AS feed-api
COPY --from=rehearsal /app/feed-api /app/feed-api
ENV COURTSIDE_FEED_API_HOST=0.0.0.0
ENTRYPOINT ["java", "-XX:AOTCache=/app/feed-api/service.aot", "@/app/feed-api/java.args"]
