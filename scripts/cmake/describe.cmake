# Writes OUTPUT: what PROGRAM prints when it is called with COMMAND, a list.
execute_process(COMMAND ${EMULATOR} "${PROGRAM}" ${COMMAND} OUTPUT_VARIABLE text RESULT_VARIABLE failed)
if(NOT failed EQUAL 0)
  list(JOIN COMMAND " " command)
  message(FATAL_ERROR "${PROGRAM} ${command} ended with ${failed}: see its message above")
endif()
file(WRITE "${OUTPUT}" "${text}")
