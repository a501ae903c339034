# Libraries of the system; each is named with its reason in
# docs/design/dependencies.md.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(hwy REQUIRED)
find_package(dnnl REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Protobuf REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_library(NUMEST_LAPACKE_LIBRARY lapacke REQUIRED)
# The build with locks: the serial one mixes up buffers of several threads.
find_library(NUMEST_OPENBLAS openblas REQUIRED PATH_SUFFIXES openblas-pthread)
# Neither is linked: numest/kernels/lapack.cpp loads them when it needs them.
# Header only; its CMake package names a library of float alone.
find_path(NUMEST_KISSFFT kissfft/kissfft.hh REQUIRED)
find_library(NUMEST_LEVELDB leveldb REQUIRED)
if(NUMEST_BUILD_TESTS)
  enable_testing()
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
