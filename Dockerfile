# Needs no registry: scripts/build-image-context.sh makes the context from Debian's packages and the published program.
#   scripts/build-image-context.sh && docker build -t routing -f Dockerfile artifacts/image
FROM scratch
COPY rootfs/ /
ENV PATH=/opt/routing \
    DOTNET_EnableDiagnostics=0 \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
ENTRYPOINT ["/opt/routing/routing"]
CMD ["--help"]
