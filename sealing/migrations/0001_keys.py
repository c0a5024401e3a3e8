"""Each person's own key; the database shows it to nobody else and lets a retired one stay."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from core import rls

MINE = f"user_id = {rls.ME}"
FIXED = """
CREATE TRIGGER key_stays BEFORE UPDATE ON sealing_sealingkey FOR EACH ROW
  WHEN ((OLD.user_id, OLD.public, OLD.fingerprint, OLD.made_at) IS DISTINCT FROM (NEW.user_id, NEW.public, NEW.fingerprint, NEW.made_at)
     OR OLD.retired_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("core", "0001_tenancy"),
        ("organisations", "0002_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name='SealingKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public', models.BinaryField(max_length=32)),
                ('fingerprint', models.CharField(max_length=64, unique=True)),
                ('log_n', models.PositiveSmallIntegerField(help_text='Cost of the passphrase: scrypt with N = 2^log_n, r = 8, p = 1.')),
                ('salt', models.BinaryField(max_length=16)),
                ('by_passphrase', models.BinaryField(max_length=128)),
                ('by_recovery', models.BinaryField(max_length=128)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('retired_at', models.DateTimeField(editable=False, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('user',), name='sealing_key_one_in_use'), models.CheckConstraint(condition=models.Q(('fingerprint', models.Func(models.Func(models.F('public'), function='sha256', output_field=models.BinaryField()), models.Value('hex'), function='encode', output_field=models.CharField()))), name='sealing_key_fingerprint'), models.CheckConstraint(condition=models.Q(('log_n__gte', 10)), name='sealing_key_slow')],
            },
        ),
        rls.secure("sealing_sealingkey", read=MINE, add=MINE, edit=MINE),
        rls.sql(FIXED),
    ]
