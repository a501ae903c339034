# Flags of our own code: warnings are errors; sanitizers end the process.
add_library(numest_flags INTERFACE)
target_compile_options(numest_flags INTERFACE
  -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor
  -Werror -fno-math-errno -fno-trapping-math -ffp-contract=off)
if(NUMEST_SANITIZE)
  target_compile_options(numest_flags INTERFACE
    -fsanitize=${NUMEST_SANITIZE} -fno-sanitize-recover=all
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized> # g++ 12 errs here
    -fno-omit-frame-pointer -g1)
  target_link_options(numest_flags INTERFACE -fsanitize=${NUMEST_SANITIZE})
endif()
