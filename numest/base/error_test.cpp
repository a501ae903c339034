#include "numest/base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace numest {
namespace {

using testing::HasSubstr;

TEST(Error, UserCheckThrowsTheNamedClassWithItsText) {
  const auto check = [](int axis) {
    NUMEST_USER_CHECK(axis < 2, IndexError, "sum: got axis {}, expected {}",
                      axis, 1);
  };
  EXPECT_NO_THROW(check(1));
  try {
    check(5);
    FAIL();
  } catch (const IndexError& e) {
    EXPECT_STREQ(e.what(), "sum: got axis 5, expected 1");
    EXPECT_EQ(e.code(), ErrorCode::kIndexError);
  }
}

TEST(Error, InternalCheckNamesFileConditionAndAsksForAReport) {
  try {
    NUMEST_CHECK(1 == 2, "n is {}", 3);
    FAIL();
  } catch (const InternalError& e) {
    EXPECT_THAT(e.what(), HasSubstr("error_test.cpp:"));
    EXPECT_THAT(e.what(), HasSubstr("1 == 2 n is 3"));
    EXPECT_THAT(e.what(), HasSubstr("report"));
  }
}

TEST(Error, InternalErrorIsNoUserError) {
  EXPECT_THROW(
      {
        try {
          NUMEST_UNREACHABLE();
        } catch (const UserError&) {
        }
      },
      InternalError);
}

TEST(Error, EveryCodeHasItsOwnRow) {
#define NUMEST_EXPECT_ROW(class_name, python, why)                   \
  EXPECT_EQ(error_info(ErrorCode::k##class_name).code,               \
            ErrorCode::k##class_name);                               \
  EXPECT_EQ(error_info(ErrorCode::k##class_name).name, #class_name); \
  EXPECT_EQ(error_info(ErrorCode::k##class_name).python_class, python);
  NUMEST_ERROR_TABLE(NUMEST_EXPECT_ROW)
#undef NUMEST_EXPECT_ROW
}

}  // namespace
}  // namespace numest
