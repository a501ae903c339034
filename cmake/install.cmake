# libnumest: all layers in one shared library; headers; the CMake package.
get_property(layers GLOBAL PROPERTY NUMEST_LAYERS)
if(layers AND NOT SKBUILD)
  # The objects, not the archives: layers link each other, so an archive
  # would be linked whole more than once.
  add_library(numest SHARED ${PROJECT_SOURCE_DIR}/cmake/numest.cpp)
  add_library(numest::numest ALIAS numest)
  foreach(layer ${layers} numest_proto)
    target_sources(numest PRIVATE $<TARGET_OBJECTS:${layer}>)
  endforeach()
  target_link_libraries(numest PRIVATE
    Threads::Threads hwy::hwy hwy::hwy_contrib DNNL::dnnl OpenMP::OpenMP_CXX ${CMAKE_DL_LIBS}
    protobuf::libprotobuf ZLIB::ZLIB PNG::PNG ${NUMEST_LEVELDB})
  target_link_libraries(numest PUBLIC fmt::fmt)
  if(NOT NUMEST_SANITIZE)  # whose symbols come with the program
    target_link_options(numest PRIVATE -Wl,--no-undefined)
  endif()
  target_include_directories(numest PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:include>)
  target_compile_features(numest PUBLIC cxx_std_20)
  include(GNUInstallDirs)
  include(CMakePackageConfigHelpers)
  install(TARGETS numest EXPORT NumestTargets)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/numest
          DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
          FILES_MATCHING PATTERN "*.h" PATTERN "*_for_test.h" EXCLUDE)
  install(EXPORT NumestTargets NAMESPACE numest::
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Numest)
  file(WRITE ${PROJECT_BINARY_DIR}/NumestConfig.cmake
"include(CMakeFindDependencyMacro)
find_dependency(fmt)
include(\${CMAKE_CURRENT_LIST_DIR}/NumestTargets.cmake)
")
  write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/NumestConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/NumestConfig.cmake
                ${PROJECT_BINARY_DIR}/NumestConfigVersion.cmake
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Numest)
endif()
