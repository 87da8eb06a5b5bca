# The local Torus, and the worker of a fleet: see compose.yaml. No secret is in a layer: they come when it runs.
FROM python:3.13.5-slim-bookworm AS build
WORKDIR /src
COPY LICENSE README.md pyproject.toml ./
COPY requirements/dev.txt requirements/
COPY generated generated/
COPY openapi openapi/
COPY overrides overrides/
RUN python -m venv /opt/torus \
    && /opt/torus/bin/pip install --no-cache-dir --constraint requirements/dev.txt '.[sandbox,redis]'

FROM python:3.13.5-slim-bookworm
COPY --from=build /opt/torus /opt/torus
COPY examples/fleet_worker.py /opt/torus/
RUN useradd --uid 10001 --create-home torus
USER 10001
WORKDIR /home/torus
ENV PATH=/opt/torus/bin:$PATH PYTHONUNBUFFERED=1
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8787/openapi.json', timeout=2)"]
CMD ["torus-connect", "sandbox", "--port", "8787"]
