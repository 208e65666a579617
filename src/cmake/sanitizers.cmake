# PGASSAY_SANITIZE and PGASSAY_FUZZ instrument everything that CMake compiles. The planner extension is not part of it:
# it is loaded by an uninstrumented server.

set(pgassay_sanitizers "${PGASSAY_SANITIZE}")

if(PGASSAY_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "PGASSAY_FUZZ needs clang (Debian packages clang and libclang-rt-dev)")
  endif()
  # A fuzzer itself links with -fsanitize=fuzzer; the code under test only counts its branches.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(pgassay_sanitizers)
  # The first finding ends the run: a test that goes on after undefined behaviour proves nothing.
  add_compile_options(-fsanitize=${pgassay_sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${pgassay_sanitizers})
endif()
