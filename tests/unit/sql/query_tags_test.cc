#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sql/plannable.h"

namespace pgassay::sql {
namespace {

using Strings = std::vector<std::string>;

TEST(QueryTags, SqlCommenter) {
  EXPECT_EQ(QueryTags("select 1 /*controller='users',action='%2Fshow%20all',app='a'*/"),
            (Strings{"action=/show all", "app=a", "controller=users"}));
  EXPECT_EQ(QueryTags("/* k='it\\'s' , l='' */ select '/*no=''x''*/'"), (Strings{"k=it's", "l="}));
  EXPECT_EQ(QueryTags("/*a='1'*/ select /*a='1',b%20c='2'*/ 1"), (Strings{"a=1", "b c=2"}));
  EXPECT_EQ(QueryTags("select 1 /*a='100%',b='%0a',c='%ff'*/"), (Strings{"a=100%", "b=%0a", "c=%ff"}));
}

TEST(QueryTags, NoneOfASingleRequest) {
  EXPECT_EQ(QueryTags("select 1 /*route='a',traceparent='00-5bd6-01',tracestate='x%3D1'*/"), (Strings{"route=a"}));
  EXPECT_EQ(QueryTags("select 1 /*controller:users,request_id:77aa*/"), (Strings{"controller=users"}));
}

TEST(QueryTags, Marginalia) {
  EXPECT_EQ(QueryTags("select 1 /*application:Shop,controller:users,line:/app/x.rb:12:in `y'*/"),
            (Strings{"application=Shop", "controller=users", "line=/app/x.rb:12:in `y'"}));
}

TEST(QueryTags, NothingElse) {
  for (const char* text :
       {"select 1", "select 1 -- a='b'", "select '/*a=''b''*/'", "/* note: check this */ select 1",
        "/* http://example.org/x */ select 1", "/*+ SeqScan(t) */ select 1", "select a in (1 /*, ... */)",
        "/**/ select 1", "/*a=b*/ select 1", "/*a='b*/ select 1", "/*a='b'c='d'*/ select 1", "/*a='b',*/ select 1",
        "/*a:*/ select 1", "/*a:b,c*/ select 1", "/* a='b'; */ select 1", "/*a='b\\'*/ select 1", "/*", "'"}) {
    EXPECT_EQ(QueryTags(text), Strings{}) << text;
  }
}

}  // namespace
}  // namespace pgassay::sql
