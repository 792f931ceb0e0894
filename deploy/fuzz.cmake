# clang with libFuzzer: tests/fuzz/fuzz_*. cmake -C deploy/fuzz.cmake -S . -B .build/fuzz
set(CMAKE_C_COMPILER clang CACHE STRING "")
include(${CMAKE_CURRENT_LIST_DIR}/debug.cmake)
set(PARLEY_FUZZ ON CACHE BOOL "")
set(PARLEY_TESTS ON CACHE BOOL "")
