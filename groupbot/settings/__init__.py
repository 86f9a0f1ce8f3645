"""One frozen Settings: `groupbot.toml` in the workspace, `GROUPBOT_*` in the environment (which wins)."""

from groupbot.settings.declared import DRAND as DRAND
from groupbot.settings.declared import FILE as FILE
from groupbot.settings.declared import PREFIX as PREFIX
from groupbot.settings.declared import TELEGRAM as TELEGRAM
from groupbot.settings.declared import Secret as Secret
from groupbot.settings.declared import Settings as Settings
from groupbot.settings.declared import known as known
from groupbot.settings.reading import ESSENTIAL as ESSENTIAL
from groupbot.settings.reading import load as load
