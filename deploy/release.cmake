# What users run: optimized, hardened, without tests. cmake -C deploy/release.cmake -S . -B .build/release
set(CMAKE_GENERATOR Ninja CACHE INTERNAL "")
set(CMAKE_BUILD_TYPE Release CACHE STRING "")
set(CMAKE_C_FLAGS_RELEASE "-O2" CACHE STRING "")
set(PARLEY_HARDEN ON CACHE BOOL "")
set(PARLEY_TESTS OFF CACHE BOOL "")
