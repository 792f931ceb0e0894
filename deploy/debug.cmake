# What tests run: address and undefined-behaviour sanitizers. cmake -C deploy/debug.cmake -S . -B .build/debug
set(CMAKE_GENERATOR Ninja CACHE INTERNAL "")
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g" CACHE STRING "")
set(PARLEY_SANITIZE ON CACHE BOOL "")
