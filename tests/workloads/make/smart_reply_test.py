"""Dialogues whose right reply is known, the numbers of words, and the network that is made of the committed weights."""

import hashlib
import json
import pathlib
import sys
import unittest
from unittest import mock

import numpy as np

WORKLOADS = pathlib.Path(__file__).resolve().parents[3] / "workloads"
sys.path.insert(0, str(WORKLOADS / "make"))
import onnx_double  # noqa: E402 (the path is set above)
import smart_reply as task  # noqa: E402
import smart_reply_dialogues as dialogues  # noqa: E402
import smart_reply_graph  # noqa: E402
import smart_reply_phrases as phrases  # noqa: E402


class Phrases(unittest.TestCase):
    def test_give_a_thousand_replies(self):
        self.assertEqual(len(set(dialogues.REPLIES)), 1000)
        for kind in phrases.KINDS:
            self.assertEqual((len(set(kind.things)), len(kind.roles)), (25, 5))
            for role in kind.roles:
                self.assertEqual((len(role.told), len(role.asked)), (3, 4))
                self.assertTrue(all(text.count("{}") == 1 for text in (*role.told, role.reply)), role.reply)

    def test_each_is_of_one_role(self):
        for position in ("told", "asked"):
            texts = [text for kind in phrases.KINDS for role in kind.roles for text in getattr(role, position)]
            self.assertEqual(len(texts), len(set(texts)))

    def test_what_tells_of_a_thing_is_read_to_the_thing(self):
        for kind in phrases.KINDS:
            for role in kind.roles:
                for text in role.told:
                    self.assertLess(len(dialogues.words("by the way, " + text.partition("{}")[0])), dialogues.WORDS)


class Dialogues(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.author = dialogues.Author(np.random.RandomState(3), dialogues.KNOWN_WAYS)
        with mock.patch.object(dialogues, "TYPO_SHARE", 0):
            cls.made = [cls.author.dialogue() for _ in range(300)]

    def test_the_last_one_told_is_the_reply(self):
        for dialogue in self.made:
            kind = phrases.KINDS[dialogue.reply // 125]
            role, thing = kind.roles[dialogue.reply // 25 % 5], kind.things[dialogue.reply % 25]
            told = [(place, one) for place, message in enumerate(dialogue.messages[:-1]) for one in kind.things
                    for text in role.told if text.format(one) in message]
            # "bus six" is in "bus sixty", too.
            self.assertIn(thing, [one for place, one in told if place == told[-1][0]], dialogue)

    def test_the_last_message_asks_in_a_known_way(self):
        for dialogue in self.made:
            role = phrases.KINDS[dialogue.reply // 125].roles[dialogue.reply // 25 % 5]
            self.assertTrue(any(role.asked[way] in dialogue.messages[-1] for way in dialogues.KNOWN_WAYS))
            self.assertNotIn(role.asked[dialogues.OTHER_WAYS[0]], dialogue.messages[-1])

    def test_are_of_five_to_ten_messages(self):
        self.assertEqual({len(dialogue.messages) for dialogue in self.made}, set(range(5, 11)))

    def test_samples_are_never_those_of_other_seeds(self):
        texts = {"\n".join(sample["messages"]) for sample in task.samples()}
        self.assertEqual(len(texts), task.DIALOGUES)
        self.assertFalse(texts & {"\n".join(dialogue.messages) for dialogue in self.made})


class Numbers(unittest.TestCase):
    def test_are_those_that_the_program_computes(self):  # tests/workloads/nlp/word_buckets_test.cpp has them, too
        self.assertEqual(dialogues.numbered("We meet at 7.")[:5].tolist(), [1153, 1815, 2097, 1267, 0])

    def test_the_last_message_is_last(self):
        rows = dialogues.numbered_dialogue(["one", "two words"])
        self.assertEqual(rows.shape, (dialogues.MESSAGES, dialogues.SLOTS))
        self.assertEqual((rows != 0).sum(axis=1).tolist(), [0] * 8 + [1, 2])
        rows = dialogues.numbered_dialogue([f"m{index}" for index in range(12)])
        np.testing.assert_array_equal(rows[0], dialogues.numbered("m2"))

    def test_the_last_slot_is_empty(self):
        self.assertEqual((dialogues.numbered("a " * 40) != 0).sum(), dialogues.WORDS)


class Network(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.arrays = task.trained()
        cls.manifest = json.loads((WORKLOADS / "zoo/nlp/smart-reply.json").read_text(encoding="utf-8"))

    def test_models_made_of_the_weights_are_those_of_the_manifest(self):
        self.assertEqual(sorted(self.manifest["models"]), sorted(task.PRECISIONS))
        for precision, pinned in self.manifest["models"].items():
            model = task.model(self.arrays, precision)
            digest = hashlib.sha256(model.SerializeToString(deterministic=True)).hexdigest()
            self.assertEqual(digest, pinned["sha256"], precision)

    def test_the_manifest_says_what_the_network_takes(self):
        entries = self.manifest["input"]
        self.assertEqual((entries["messages"], entries["slots"], entries["buckets"]),
                         (dialogues.MESSAGES, dialogues.SLOTS, dialogues.BUCKETS))
        self.assertLess(task.WEIGHTS.stat().st_size, 2_000_000)

    def test_replies_to_most_dialogues_rightly_in_double_precision(self):
        chosen = task.samples()[::20]
        tokens = np.stack([dialogues.numbered_dialogue(sample["messages"]).ravel() for sample in chosen])
        scores = onnx_double.run(smart_reply_graph.model(self.arrays, "fp32"), {"tokens": tokens})["scores"]
        replies = [dialogues.REPLIES[index] for index in scores.argmax(axis=1)]
        right = sum(reply == sample["reply"] for reply, sample in zip(replies, chosen))
        self.assertGreater(right / len(chosen), 0.75)


if __name__ == "__main__":
    unittest.main()
