"""One more kind of instrument: how long what is held of people stays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('instruments', '0004_accreditation_rules')]
    operations = [
        migrations.AlterField(
            model_name='instrument',
            name='kind',
            field=models.CharField(choices=[('evidence-standard', 'Evidence standard'), ('measure-ladder', 'Ladder of measures'), ('service-taxonomy', 'Sectors and essential services'), ('harm-taxonomy', 'Harm to people'), ('disclosure-rules', 'Disclosure rules'), ('severity-model', 'Severity model'), ('sharing-marks', 'Sharing marks'), ('review-template', 'Review template'), ('reply-rules', 'Rules of the right of reply'), ('accreditation-rules', 'Rules of accreditation'), ('retention-rules', 'Rules of retention')], max_length=24, verbose_name='kind'),
        ),
    ]
