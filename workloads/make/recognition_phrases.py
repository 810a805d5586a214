"""What is said to speech/recognition: strings of digits, and commands to a house, a player and a cart."""

import numpy as np

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
COUNTS = (*DIGITS[1:], "ten", "twenty", "thirty")
_CHOICES = {
    "count": COUNTS,
    "direction": ("left", "right", "up", "down", "forward", "back"),
    "door": ("door", "window", "gate", "curtain"),
    "length": ("steps", "meters"),
    "lamp": ("light", "heater", "fan", "radio", "music", "camera"),
    "next": ("next", "last", "same"),
    "open": ("open", "close", "lock"),
    "room": ("kitchen", "bedroom", "office"),
    "switch": ("on", "off"),
    "time": ("minutes", "seconds", "hours"),
    "timer": ("timer", "alarm"),
    "way": ("up", "down"),
    "word": ("yes", "no", "stop", "start", "help", "cancel", "pause", "hello"),
}
_COMMANDS = (
    "turn switch the lamp", "turn the lamp switch", "turn switch the room lamp", "open the door", "open the room door",
    "go direction", "go direction count length", "set the timer to count time", "volume way", "play the next song",
    "word", "word word", "call number count",
)
_MOST_DIGITS = 5


def phrase(random: np.random.RandomState) -> str:
    if random.randint(2) == 0:
        return " ".join(_one(DIGITS, random) for _ in range(random.randint(2, _MOST_DIGITS + 1)))
    return " ".join(_one(_CHOICES[word], random) if word in _CHOICES else word
                    for word in _one(_COMMANDS, random).split())


def words() -> set[str]:
    """All that can be said."""
    fixed = {word for command in _COMMANDS for word in command.split() if word not in _CHOICES}
    return fixed | set(DIGITS) | {word for choice in _CHOICES.values() for word in choice}


def _one(choice: tuple[str, ...], random: np.random.RandomState) -> str:
    return choice[random.randint(len(choice))]
