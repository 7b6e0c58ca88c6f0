# syntax=docker/dockerfile:1
# One image for every part of an installation: web, worker, relay, scheduler and the one-shot set-up.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS packages
WORKDIR /build
COPY pyproject.toml requirements.lock ./
# Everything in the lock is fetched and its hash checked; only what an installation runs on is installed from that.
RUN pip download --quiet --no-deps --require-hashes --only-binary=:all: --requirement requirements.lock --dest wheels \
    && python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
        > runtime.txt \
    && python -m venv /venv \
    && /venv/bin/pip install --quiet --no-index --find-links=wheels --requirement runtime.txt \
    && /venv/bin/pip uninstall --quiet --yes pip setuptools

FROM python:${PYTHON}-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DACASE_ENV=production \
    STATIC_ROOT=/app/static-built
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin dacase
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py ./
COPY dacase dacase
COPY referrals referrals
COPY marac marac
COPY refuge refuge
COPY reporting reporting
COPY templates templates
COPY static static
COPY docker/health.py docker/health.py
# The files belong to root and the program runs as another user: it cannot change itself.
# The key is only for this one command, which signs nothing.
RUN SECRET_KEY=only-while-building CONTEXT_KEY=only-while-building python manage.py collectstatic --noinput \
    && python -m compileall -q .
USER 10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "docker/health.py"]
CMD ["gunicorn", "dacase.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--worker-class=gthread", "--threads=4", \
     "--worker-tmp-dir=/dev/shm", "--max-requests=2000", "--max-requests-jitter=200", "--no-control-socket"]
