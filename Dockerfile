# The production image: one for web, worker, scheduler and migrations; the command tells them apart.
FROM python:3.11-slim-bookworm

# Pango and HarfBuzz for PDFs, libmagic for a file's type by its content, fonts for Latin, Cyrillic, Greek and Arabic
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libmagic1 fonts-dejavu-core fonts-noto-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --uid 10001 norms

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt
COPY . .

ENV DJANGO_SETTINGS_MODULE=normsplatform.settings \
    NORMS_HOME=/var/lib/norms \
    STATIC_FROM_SOURCE=false \
    PYTHONUNBUFFERED=1
# Collecting needs settings that load, and reaches nothing.
RUN mkdir -p /var/lib/norms/files /var/lib/norms/uploads \
 && SECRET_KEY=build DATABASE_OWNER_URL=postgresql://n@127.0.0.1:1/n DATABASE_APP_URL=postgresql://n@127.0.0.1:1/n \
    DATABASE_PUBLIC_URL=postgresql://n@127.0.0.1:1/n REDIS_URL=redis://127.0.0.1:1/0 \
    python manage.py collectstatic --no-input \
 && chown -R norms:norms /var/lib/norms

USER norms
EXPOSE 8000
CMD ["gunicorn", "normsplatform.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--timeout", "120", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"]
