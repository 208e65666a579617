# pgassay_planner_extension(): builds src/twin/planner for every installed PostgreSQL server that has its headers, into
# ${CMAKE_BINARY_DIR}/planner/<major>/pgassay_planner.so, and installs it as lib/pgassay/<major>/pgassay_planner.so.
#
# The extension's Makefile is an ordinary PGXS one, and its OBJS is the one list of sources, read here. The compiler is called
# directly with what pg_config says instead of through PGXS: nothing is written into the source tree, no clang is needed for
# bitcode, and each object follows its headers.

set(PGASSAY_PG_CONFIGS "" CACHE STRING "pg_config programs to build the planner extension for; empty: every Debian server")

function(pgassay_pg_config_value pg_config option variable)
  execute_process(COMMAND "${pg_config}" --${option}
    OUTPUT_VARIABLE value ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    set(value "")
  endif()
  set(${variable} "${value}" PARENT_SCOPE)
endfunction()

# OBJS of a PGXS Makefile as a list of .c files.
function(pgassay_planner_sources makefile variable)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${makefile}")
  file(READ "${makefile}" text)
  string(REGEX REPLACE "\\\\[ \t]*\n" " " text "${text}")
  if(NOT text MATCHES "(^|\n)OBJS[ \t]*[:+?]?=([^\n#]*)")
    message(FATAL_ERROR "${makefile} sets no OBJS")
  endif()
  separate_arguments(objects UNIX_COMMAND "${CMAKE_MATCH_2}")
  list(FILTER objects EXCLUDE REGEX "\\$")  # $(WIN32RES) and the like
  if(NOT objects)
    message(FATAL_ERROR "OBJS in ${makefile} names no object file")
  endif()
  list(TRANSFORM objects REPLACE "\\.o$" ".c")
  set(${variable} ${objects} PARENT_SCOPE)
endfunction()

function(pgassay_planner_for pg_config major sources)
  set(source_dir "${PROJECT_SOURCE_DIR}/src/twin/planner")
  set(output_dir "${PROJECT_BINARY_DIR}/planner/${major}")
  foreach(option cc cflags cflags_sl cppflags includedir-server ldflags)
    pgassay_pg_config_value("${pg_config}" ${option} value)
    string(REPLACE "-" "_" name ${option})
    if(option STREQUAL "includedir-server")
      set(${name} "${value}")
    else()
      separate_arguments(${name} UNIX_COMMAND "${value}")
    endif()
  endforeach()
  if(NOT cc)
    set(cc cc)
  endif()
  set(strict -Wall -Werror=implicit-function-declaration -Werror=incompatible-pointer-types -Werror=int-conversion)
  if(PGASSAY_WERROR)
    list(APPEND strict -Werror)
  endif()

  set(objects)
  foreach(source IN LISTS sources)
    string(REGEX REPLACE "\\.c$" ".o" object "${output_dir}/${source}")
    cmake_path(GET object PARENT_PATH object_dir)
    add_custom_command(OUTPUT "${object}"
      COMMAND "${CMAKE_COMMAND}" -E make_directory "${object_dir}"
      COMMAND ${cc} ${cflags} ${cflags_sl} -fPIC ${strict} -I${source_dir} -I${includedir_server} ${cppflags}
              -MD -MF "${object}.d" -MT "${object}" -c "${source_dir}/${source}" -o "${object}"
      DEPENDS "${source_dir}/${source}" "${pg_config}"
      DEPFILE "${object}.d"
      COMMENT "Compiling planner extension for PostgreSQL ${major}: ${source}"
      VERBATIM)
    list(APPEND objects "${object}")
  endforeach()

  set(library "${output_dir}/pgassay_planner.so")
  add_custom_command(OUTPUT "${library}"
    COMMAND ${cc} -shared ${ldflags} -o "${library}" ${objects}
    DEPENDS ${objects}
    COMMENT "Linking planner extension for PostgreSQL ${major}"
    VERBATIM)
  add_custom_target(pgassay_planner_${major} ALL DEPENDS "${library}")
  install(PROGRAMS "${library}" DESTINATION "lib/pgassay/${major}")
endfunction()

function(pgassay_planner_extension)
  set(pg_configs ${PGASSAY_PG_CONFIGS})
  if(NOT pg_configs)
    file(GLOB pg_configs /usr/lib/postgresql/*/bin/pg_config)
    list(SORT pg_configs COMPARE NATURAL)
  endif()
  pgassay_planner_sources("${PROJECT_SOURCE_DIR}/src/twin/planner/Makefile" sources)

  add_custom_target(pgassay_planner)
  set(majors)
  foreach(pg_config IN LISTS pg_configs)
    pgassay_pg_config_value("${pg_config}" version version)
    pgassay_pg_config_value("${pg_config}" pgxs pgxs)
    pgassay_pg_config_value("${pg_config}" includedir-server headers)
    if(NOT version MATCHES "^PostgreSQL ([0-9]+)" OR NOT EXISTS "${pgxs}" OR NOT EXISTS "${headers}/postgres.h")
      continue()  # a client package alone brings pg_config too
    endif()
    set(major ${CMAKE_MATCH_1})
    if(major IN_LIST majors)
      continue()
    endif()
    list(APPEND majors ${major})
    pgassay_planner_for("${pg_config}" ${major} "${sources}")
    add_dependencies(pgassay_planner pgassay_planner_${major})
  endforeach()
  if(NOT majors)
    pgassay_missing("No PostgreSQL server with its headers" postgresql-server-dev-15)
  endif()
  message(STATUS "Planner extension for PostgreSQL: ${majors}")
endfunction()
