# Everything the project takes from Debian, each as one target pgassay_dep::<name>. Nothing is downloaded. A failure names
# the package; src/cmake/install-packages installs all of them. A new one needs a line in debian-packages.txt and a reason
# in CHANGELOG.md.

function(pgassay_missing what package)
  message(FATAL_ERROR
    "${what} was not found. Install the Debian package ${package} "
    "(apt-get install ${package}), or run src/cmake/install-packages for all packages.")
endfunction()

# pgassay_dependency(NAME TARGET...): pgassay_dep::NAME stands for the given targets.
function(pgassay_dependency name)
  add_library(pgassay_dep::${name} INTERFACE IMPORTED GLOBAL)
  target_link_libraries(pgassay_dep::${name} INTERFACE ${ARGN})
endfunction()

find_package(PkgConfig QUIET)
if(NOT PKG_CONFIG_FOUND)
  pgassay_missing("pkg-config" pkg-config)
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
pgassay_dependency(threads Threads::Threads)

find_package(absl QUIET CONFIG)
if(NOT absl_FOUND)
  pgassay_missing("Abseil" libabsl-dev)
endif()
pgassay_dependency(absl
  absl::btree absl::cleanup absl::cord absl::flat_hash_map absl::flat_hash_set absl::hash absl::inlined_vector
  absl::int128 absl::random_random absl::span absl::status absl::statusor absl::str_format absl::strings absl::time
  Threads::Threads)

pkg_check_modules(PGASSAY_PQ QUIET IMPORTED_TARGET GLOBAL libpq)
if(NOT PGASSAY_PQ_FOUND)
  pgassay_missing("libpq" libpq-dev)
endif()
pgassay_dependency(pq PkgConfig::PGASSAY_PQ)

# libpg_query has neither a pkg-config nor a CMake file.
find_path(PGASSAY_PG_QUERY_INCLUDE pg_query/pg_query.pb-c.h)
find_library(PGASSAY_PG_QUERY_LIBRARY pg_query)
if(NOT PGASSAY_PG_QUERY_INCLUDE OR NOT PGASSAY_PG_QUERY_LIBRARY)
  pgassay_missing("libpg_query" libpg-query-dev)
endif()
find_path(PGASSAY_PROTOBUF_C_INCLUDE protobuf-c/protobuf-c.h)
find_library(PGASSAY_PROTOBUF_C_LIBRARY protobuf-c)
if(NOT PGASSAY_PROTOBUF_C_INCLUDE OR NOT PGASSAY_PROTOBUF_C_LIBRARY)
  pgassay_missing("protobuf-c" libprotobuf-c-dev)
endif()
mark_as_advanced(PGASSAY_PG_QUERY_INCLUDE PGASSAY_PG_QUERY_LIBRARY PGASSAY_PROTOBUF_C_INCLUDE PGASSAY_PROTOBUF_C_LIBRARY)
pgassay_dependency(pg_query "${PGASSAY_PG_QUERY_LIBRARY}" "${PGASSAY_PROTOBUF_C_LIBRARY}" Threads::Threads)
target_include_directories(pgassay_dep::pg_query SYSTEM INTERFACE
  "${PGASSAY_PG_QUERY_INCLUDE}" "${PGASSAY_PROTOBUF_C_INCLUDE}")

find_package(SQLite3 QUIET)
if(NOT SQLite3_FOUND)
  pgassay_missing("SQLite" libsqlite3-dev)
endif()
pgassay_dependency(sqlite3 SQLite::SQLite3)

find_package(nlohmann_json QUIET CONFIG)
if(NOT nlohmann_json_FOUND)
  pgassay_missing("nlohmann-json" nlohmann-json3-dev)
endif()
pgassay_dependency(nlohmann_json nlohmann_json::nlohmann_json)

find_package(CLI11 QUIET CONFIG)
if(NOT CLI11_FOUND)
  pgassay_missing("CLI11" libcli11-dev)
endif()
pgassay_dependency(cli11 CLI11::CLI11)

pkg_check_modules(PGASSAY_ARCHIVE QUIET IMPORTED_TARGET GLOBAL libarchive)
if(NOT PGASSAY_ARCHIVE_FOUND)
  pgassay_missing("libarchive" libarchive-dev)
endif()
pgassay_dependency(archive PkgConfig::PGASSAY_ARCHIVE)

pkg_check_modules(PGASSAY_CBC QUIET IMPORTED_TARGET GLOBAL cbc)
if(NOT PGASSAY_CBC_FOUND)
  pgassay_missing("COIN-OR CBC" coinor-libcbc-dev)
endif()
pgassay_dependency(cbc PkgConfig::PGASSAY_CBC)

if(PGASSAY_TESTS)
  find_package(GTest QUIET)
  if(NOT GTest_FOUND)
    pgassay_missing("GoogleTest" libgtest-dev)
  endif()
  pgassay_dependency(gtest GTest::gtest GTest::gtest_main)

  find_package(Python3 QUIET COMPONENTS Interpreter)
  if(NOT Python3_FOUND)
    pgassay_missing("Python 3" python3)
  endif()
endif()

# Optional: without it there are no micro benchmarks.
find_package(benchmark QUIET CONFIG)
if(benchmark_FOUND)
  pgassay_dependency(benchmark benchmark::benchmark benchmark::benchmark_main)
endif()
