# syntax=docker/dockerfile:1
FROM golang:1.26-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends libopus-dev libopusfile-dev libpocketsphinx-dev libsphinxbase-dev pkg-config \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -tags pocketsphinx -trimpath -ldflags="-s -w" -o /botd ./cmd/botd

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates espeak-ng flite libopus0 libopusfile0 libpocketsphinx3 pocketsphinx-en-us \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin botd \
 && install -d -o botd -g botd -m 0700 /data
COPY --from=build /botd /usr/local/bin/botd
COPY LICENSE /usr/share/doc/botd/LICENSE
USER 10001:10001
# Media is opened on the address of http-addr, so on all of them here as well.
# Behind a bridge network clients must be told where it is: BOTD_MEDIA_PUBLIC_IP.
ENV BOTD_DATA_DIR=/data \
    BOTD_HTTP_ADDR=0.0.0.0:8080 \
    BOTD_HTTPS_ADDR=0.0.0.0:8443
VOLUME /data
EXPOSE 8080 8443 7882/tcp 7882/udp
# Calls may go on for as long as drain-timeout; give docker stop that time:
#   docker stop --time 310 botd
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["botd", "health"]
ENTRYPOINT ["botd"]
CMD ["serve"]
