#pragma once
// The loops over memory of the x86 kernels, which differ in their registers alone. A file that includes this
// says what they are: EB_LOAD(i) from `at` into register i, EB_CLOBBERS. STEP: bytes of eight registers.
// END: what comes after a pass.

#define EB_EIGHT(OP) OP(0) OP(1) OP(2) OP(3) OP(4) OP(5) OP(6) OP(7)

#define EB_READ(STEP, END)                                   \
  for (; loops > 0; --loops) {                               \
    const void* at = memory;                                 \
    std::uint64_t n = bytes / (STEP);                        \
    asm volatile("1:\n\t" EB_EIGHT(EB_LOAD) "add $" #STEP    \
                                            ", %[at]\n\t"    \
                                            "dec %[n]\n\t"   \
                                            "jnz 1b\n\t" END \
                 : [n] "+r"(n), [at] "+r"(at)                \
                 :                                           \
                 : EB_CLOBBERS);                             \
  }

// KEEP(i): from register i to `to`.
#define EB_COPY(STEP, KEEP, END)                                            \
  for (; loops > 0; --loops) {                                              \
    const void* at = memory;                                                \
    void* to = static_cast<char*>(memory) + bytes / 2;                      \
    std::uint64_t n = bytes / 2 / (STEP);                                   \
    asm volatile("1:\n\t" EB_EIGHT(EB_LOAD) EB_EIGHT(KEEP) "add $" #STEP    \
                                                           ", %[at]\n\t"    \
                                                           "add $" #STEP    \
                                                           ", %[to]\n\t"    \
                                                           "dec %[n]\n\t"   \
                                                           "jnz 1b\n\t" END \
                 : [n] "+r"(n), [at] "+r"(at), [to] "+r"(to)                \
                 :                                                          \
                 : EB_CLOBBERS);                                            \
  }
