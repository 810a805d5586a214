#!/usr/bin/env python3
"""Computes the answers that nlp/question-answering is judged by, in double precision; a minute of work.

They are kept in references/, since they are small and only a change of the network or its questions changes them.
"""

import sys

import numpy

import mobilebert_reference
import mobilebert_weights
import question_answering


def main() -> int:
    reference = mobilebert_reference.Reference(mobilebert_weights.weights())
    answers = [reference.answers(sample["tokens"], sample["question"]) for sample in question_answering.questions()]
    question_answering.REFERENCE.write_bytes(numpy.stack(answers).astype("<f4").tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
