# pgassay_warnings(TARGET): the warnings of the project's own code. Headers of dependencies are system headers and silent.

function(pgassay_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic
    -Wshadow
    -Wconversion           # narrowing loses rows and bytes silently
    -Wno-sign-conversion   # sizes meet signed counts of PostgreSQL everywhere; the noise would hide the rest
    -Wold-style-cast
    -Wnon-virtual-dtor
    -Woverloaded-virtual
    -Wimplicit-fallthrough
    -Wmissing-declarations # a function without a header belongs into the anonymous namespace
    -Wno-missing-field-initializers)  # plain structs have defaults, designated initializers name the rest
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE
      -Wduplicated-cond -Wduplicated-branches -Wlogical-op
      -Wno-restrict)       # false in GCC 12 for std::string operator+ (GCC bug 105651)
  endif()
  if(PGASSAY_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()
