# One static library per layer, in the order of tools/layers.txt, and one test
# program per layer; libnumest joins all layers.
function(numest_layer layer)
  cmake_parse_arguments(arg "" "" "LAYERS;LIBRARIES;TEST_LAYERS" ${ARGN})
  set(folder ${PROJECT_SOURCE_DIR}/numest/${layer})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(NOT sources)
    return()
  endif()
  set(library numest_${layer})
  add_library(${library} STATIC ${sources})
  target_include_directories(${library} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_link_libraries(${library} PRIVATE $<BUILD_INTERFACE:numest_flags>
                        PUBLIC fmt::fmt Threads::Threads)
  foreach(below ${arg_LAYERS})
    if(TARGET numest_${below})
      target_link_libraries(${library} PUBLIC numest_${below})
    endif()
  endforeach()
  target_link_libraries(${library} PRIVATE ${arg_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY NUMEST_LAYERS ${library})
  if(NUMEST_BUILD_TESTS AND tests)
    add_executable(${library}_test ${tests})
    list(TRANSFORM arg_TEST_LAYERS PREPEND numest_)
    target_link_libraries(${library}_test PRIVATE ${library} numest_flags
                          ${arg_TEST_LAYERS}
                          ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
    target_compile_definitions(${library}_test PRIVATE
      NUMEST_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/golden")
    gtest_discover_tests(${library}_test TEST_PREFIX ${layer}.
                         DISCOVERY_TIMEOUT 60)
  endif()
endfunction()

# A layer's tests at each SIMD level, that of oneDNN's products included;
# skipped where the CPU lacks it.
function(numest_simd_levels layer)
  if(NOT TARGET numest_${layer}_test)
    return()
  endif()
  set(isa_SSE4 SSE41)
  set(isa_AVX2 AVX2)
  set(isa_AVX3 AVX512_CORE)
  foreach(level SSE4 AVX2 AVX3)
    add_test(NAME simd.${layer}_at_${level}
             COMMAND numest_${layer}_test --gtest_brief=1)
    set_tests_properties(simd.${layer}_at_${level} PROPERTIES
      ENVIRONMENT "NUMEST_SIMD=${level};ONEDNN_MAX_CPU_ISA=${isa_${level}}"
      SKIP_REGULAR_EXPRESSION "this CPU or this build lacks the level")
  endforeach()
endfunction()

include(cmake/protobuf.cmake)
numest_layer(base)
numest_layer(array LAYERS base)
numest_layer(kernels LAYERS array base
             LIBRARIES hwy::hwy hwy::hwy_contrib DNNL::dnnl OpenMP::OpenMP_CXX
                       ${CMAKE_DL_LIBS})
# Loops need the vectorizer in every build; SSE4.2 is the lowest level, which
# oneDNN needs too.
if(TARGET numest_kernels)
  set(kernel_flags -O3)
  if(NUMEST_SANITIZE) # whose speed is that of the checks
    set(kernel_flags -O1)
  endif()
  if(NUMEST_ONE_SIMD_LEVEL)
    target_compile_definitions(numest_kernels PRIVATE NUMEST_ONE_SIMD_LEVEL)
  endif()
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    list(APPEND kernel_flags -msse4.2 -maes -mpclmul)
  endif()
  file(GLOB kernel_sources ${PROJECT_SOURCE_DIR}/numest/kernels/*.cpp)
  list(FILTER kernel_sources EXCLUDE REGEX "_test\\.cpp$")
  set_source_files_properties(${kernel_sources} PROPERTIES
    COMPILE_OPTIONS "${kernel_flags}")
  # Products of complex numbers without a second look for infinities.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU") # Clang 14 has no such option
    set_property(SOURCE ${PROJECT_SOURCE_DIR}/numest/kernels/fft.cpp APPEND
                 PROPERTY COMPILE_OPTIONS -fcx-limited-range)
  endif()
  target_include_directories(numest_kernels SYSTEM PRIVATE ${NUMEST_KISSFFT})
endif()
numest_layer(graph LAYERS array base)
numest_layer(ops LAYERS graph kernels array base)
numest_layer(transforms LAYERS ops graph array base)
numest_layer(passes LAYERS ops graph kernels array base)
numest_layer(runtime LAYERS passes ops graph kernels array base
             TEST_LAYERS transforms)
numest_layer(data LAYERS array base LIBRARIES nlohmann_json::nlohmann_json)
numest_layer(formats LAYERS graph array base
             LIBRARIES numest_proto protobuf::libprotobuf ZLIB::ZLIB PNG::PNG
             ${NUMEST_LEVELDB})
numest_layer(feature LAYERS data ops graph array base)
numest_layer(train LAYERS feature data formats runtime transforms passes ops
             graph array base)
numest_layer(estimator LAYERS train feature data formats runtime transforms
             passes ops graph array base)

foreach(layer kernels ops passes runtime)
  numest_simd_levels(${layer})
endforeach()

# Prints numest/ops/functions.{h,cpp} from the op tables; run by hand:
# functions_gen numest/ops [--check]
if(TARGET numest_ops)
  add_executable(functions_gen EXCLUDE_FROM_ALL
    ${PROJECT_SOURCE_DIR}/tools/functions_gen.cpp)
  target_link_libraries(functions_gen PRIVATE numest_ops numest_flags)
endif()
