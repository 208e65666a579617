# Tools that make a build faster and change nothing in its result.

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(PGASSAY_CCACHE ccache)
  if(PGASSAY_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${PGASSAY_CCACHE}")
  endif()
endif()

if(PGASSAY_LLD)
  if(PGASSAY_LTO)
    message(FATAL_ERROR "PGASSAY_LLD and PGASSAY_LTO exclude each other: lld cannot read GCC's LTO objects")
  endif()
  find_program(PGASSAY_LLD_PROGRAM ld.lld)
  if(PGASSAY_LLD_PROGRAM)
    add_link_options(-fuse-ld=lld)
  endif()
endif()

# Objects carry both machine code and LTO code ("fat"): the program is linked with LTO, the many test binaries are
# linked without it and so in a fraction of the time. CMAKE_INTERPROCEDURAL_OPTIMIZATION makes slim objects only.
set(PGASSAY_LTO_COMPILE "")
set(PGASSAY_LTO_LINK_PROGRAM "")
set(PGASSAY_LTO_LINK_TEST "")
if(PGASSAY_LTO AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(PGASSAY_LTO_COMPILE -flto=auto -ffat-lto-objects)
  set(PGASSAY_LTO_LINK_PROGRAM -flto=auto -O2)
  set(PGASSAY_LTO_LINK_TEST -fno-lto)
endif()
