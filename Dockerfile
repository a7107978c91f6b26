# syntax=docker/dockerfile:1
FROM python:3.11-slim AS base
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore


# The wheel, out of the hash-locked back-end.
FROM base AS wheel
WORKDIR /source
COPY requirements/build.txt requirements/build.txt
RUN python -m pip install --require-hashes --requirement requirements/build.txt
COPY LICENSE README.md pyproject.toml ./
COPY bot bot
COPY handlers handlers
COPY sla sla
COPY storage storage
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheel .


# What runs. The libraries come before the wheel, so that a change of ours leaves their layer alone.
FROM base AS libraries
RUN python -m venv /opt/wardline
COPY requirements/runtime.txt /tmp/runtime.txt
RUN /opt/wardline/bin/python -m pip install --require-hashes --requirement /tmp/runtime.txt
COPY --from=wheel /wheel /wheel
RUN /opt/wardline/bin/python -m pip install --no-deps /wheel/*.whl \
    && /opt/wardline/bin/python -m pip check \
    && /opt/wardline/bin/python -m compileall -q /opt/wardline/lib


FROM base
LABEL org.opencontainers.image.title="Wardline" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=libraries /opt/wardline /opt/wardline
# The configuration folder, the SQLite file and attachments; written by nobody else.
RUN groupadd --gid 10001 wardline \
    && useradd --uid 10001 --gid wardline --home-dir /data --shell /usr/sbin/nologin wardline \
    && install --directory --owner wardline --group wardline --mode 0750 /data
ENV PATH=/opt/wardline/bin:$PATH
# By number, so that whoever runs the image can see without looking inside that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
# Port 8080 is the default; whoever moves it moves the check with it, by WARDLINE_HEALTH_URL.
ENV WARDLINE_HEALTH_URL=http://127.0.0.1:8080/healthz
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(os.environ['WARDLINE_HEALTH_URL'], timeout=4)"]
# SIGTERM lets running units of work end; the default signal already says that.
ENTRYPOINT ["wardline"]
CMD ["run", "--config", "/data/config", "--data", "/data", "--host", "0.0.0.0"]
