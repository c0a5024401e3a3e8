"""Where a SAML provider's metadata came from, so that its new keys can be read from there."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('signin', '0002_ended_there')]

    operations = [
        migrations.AddField('connection', 'metadata_url', models.CharField(blank=True, default='', help_text='Where the metadata came from, to be read again.', max_length=1000)),
    ]
