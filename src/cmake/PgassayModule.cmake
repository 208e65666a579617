# pgassay_module(NAME catalog SOURCES snapshot.cc ... [DEPS base sql] [LIBS pgassay_dep::pq ...])
#
# Makes the static library pgassay_<name> from the sources in the calling directory. DEPS are the modules whose headers
# this one may include; they are the only place where the layers are written down, and tests/tools/layers.py compares
# them with the real includes and looks for cycles. LIBS are outside libraries, private to the module's .cc files. Abseil
# comes with every module, because Status is part of every interface.
#
# Includes are written from src/ and include/: "catalog/snapshot.h", "pgassay/advisor.h", and from the build directory:
# "pgassay_version.h".

configure_file("${CMAKE_CURRENT_LIST_DIR}/pgassay_version.h.in" "${PROJECT_BINARY_DIR}/generated/pgassay_version.h" @ONLY)

function(pgassay_module)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;DEPS;LIBS")
  if(NOT arg_NAME OR NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "pgassay_module(NAME name SOURCES file... [DEPS module...] [LIBS target...]): '${ARGV}'")
  endif()
  if(NOT arg_NAME IN_LIST PGASSAY_MODULES)
    message(FATAL_ERROR "Module ${arg_NAME} is not in PGASSAY_MODULES in the root CMakeLists.txt")
  endif()
  foreach(dep IN LISTS arg_DEPS)
    if(NOT dep IN_LIST PGASSAY_MODULES)
      message(FATAL_ERROR "Module ${arg_NAME} depends on ${dep}, which is not in PGASSAY_MODULES")
    endif()
  endforeach()

  set(target pgassay_${arg_NAME})
  add_library(${target} STATIC ${arg_SOURCES})
  target_include_directories(${target} PUBLIC
    "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/include" "${PROJECT_BINARY_DIR}/generated")
  target_link_libraries(${target} PUBLIC pgassay_dep::absl PRIVATE ${arg_LIBS})
  target_compile_options(${target} PRIVATE ${PGASSAY_LTO_COMPILE})
  pgassay_warnings(${target})
  set_property(GLOBAL PROPERTY PGASSAY_DEPS_${arg_NAME} "${arg_DEPS}")
endfunction()

# pgassay_program(SOURCES main.cc [DEPS cli]): the program itself, at the top of the build directory.
function(pgassay_program)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "SOURCES;DEPS")
  add_executable(pgassay ${arg_SOURCES})
  list(TRANSFORM arg_DEPS PREPEND pgassay_)
  target_link_libraries(pgassay PRIVATE ${arg_DEPS})
  target_compile_options(pgassay PRIVATE ${PGASSAY_LTO_COMPILE})
  target_link_options(pgassay PRIVATE ${PGASSAY_LTO_LINK_PROGRAM})
  set_target_properties(pgassay PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
  pgassay_warnings(pgassay)
  install(TARGETS pgassay RUNTIME DESTINATION bin)
endfunction()

# Called once, after all modules: links each module with its DEPS, writes layers.txt (a line "name: dep dep" for each
# module), and makes the program from src/cli/main.cc.
function(pgassay_finish_modules)
  set(lines "")
  foreach(module IN LISTS PGASSAY_MODULES)
    if(NOT TARGET pgassay_${module})
      continue()
    endif()
    get_property(deps GLOBAL PROPERTY PGASSAY_DEPS_${module})
    foreach(dep IN LISTS deps)
      if(TARGET pgassay_${dep})
        target_link_libraries(pgassay_${module} PUBLIC pgassay_${dep})
      else()
        message(WARNING "Module ${module} depends on ${dep}, which is not written yet")
      endif()
    endforeach()
    list(JOIN deps " " deps)
    string(STRIP "${module}: ${deps}" line)
    string(APPEND lines "${line}\n")
  endforeach()
  file(WRITE "${PROJECT_BINARY_DIR}/layers.txt" "${lines}")

  if(TARGET pgassay_cli AND NOT TARGET pgassay AND EXISTS "${PROJECT_SOURCE_DIR}/src/cli/main.cc")
    pgassay_program(SOURCES "${PROJECT_SOURCE_DIR}/src/cli/main.cc" DEPS cli)
  endif()
endfunction()
