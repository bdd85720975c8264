# The three services, one target each.
FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY . .
# Where Maven is fetched from, if not from its usual place.
ARG MAVEN_DISTRIBUTION
RUN ./mvnw -B -q -ntp -DskipTests -pl ingestor,processor,feed-api -am package

FROM eclipse-temurin:25-jre AS service
RUN useradd --system --uid 10001 courtside && mkdir /data && chown courtside /data
USER courtside
VOLUME /data
ENV COURTSIDE_DATA=/data COURTSIDE_HEALTH_HOST=0.0.0.0
ENTRYPOINT ["java", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", \
  "-XX:MaxRAMPercentage=50", "-XX:+ExitOnOutOfMemoryError", "-cp", "/app/lib/*"]

FROM service AS ingestor
COPY --from=build /src/ingestor/target/lib /app/lib
CMD ["courtside.ingestor.Main"]

FROM service AS processor
COPY --from=build /src/processor/target/lib /app/lib
COPY --from=build /src/feeds /app/feeds
ENV COURTSIDE_PROCESSOR_FEEDS=/app/feeds
CMD ["courtside.processor.Main"]

FROM service AS feed-api
COPY --from=build /src/feed-api/target/lib /app/lib
ENV COURTSIDE_FEED_API_HOST=0.0.0.0
CMD ["courtside.feedapi.Main"]
