# numest_proto: C++ generated from numest/formats/proto/*.proto. It is built
# without our warning flags; users see its headers as system headers.
set(proto_out ${PROJECT_BINARY_DIR}/proto)
set(proto_sources "")
file(GLOB protos CONFIGURE_DEPENDS
     ${PROJECT_SOURCE_DIR}/numest/formats/proto/*.proto)
foreach(proto ${protos})
  get_filename_component(stem ${proto} NAME_WE)
  set(base ${proto_out}/numest/formats/proto/${stem}.pb)
  add_custom_command(
    OUTPUT ${base}.cc ${base}.h
    COMMAND ${CMAKE_COMMAND} -E make_directory ${proto_out}
    COMMAND protobuf::protoc --cpp_out=${proto_out}
            -I${PROJECT_SOURCE_DIR} ${proto}
    DEPENDS ${protos}
    COMMENT "Generating C++ of ${stem}.proto"
    VERBATIM)
  list(APPEND proto_sources ${base}.cc)
endforeach()
add_library(numest_proto STATIC ${proto_sources})
target_include_directories(numest_proto SYSTEM PUBLIC
  $<BUILD_INTERFACE:${proto_out}>)
target_link_libraries(numest_proto PUBLIC protobuf::libprotobuf)
