#include "tests/support/postgres.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/base/files.h"
#include "results/store/database.h"

namespace eb::test {

std::unique_ptr<PostgresDatabase> PostgresDatabase::create(std::string& why) {
  const char* folder = std::getenv("EDGEBENCH_TEST_POSTGRES");
  if (folder == nullptr) {
    why = "ctest starts PostgreSQL; by hand: tests/support/postgres start F, EDGEBENCH_TEST_POSTGRES=F";
    return nullptr;
  }
  if (const auto missing = read_file(std::string(folder) + "/missing", 1000)) {
    why = *missing;
    return nullptr;
  }
  const auto server = read_file(std::string(folder) + "/url", 1000);
  EXPECT_TRUE(server) << "PostgreSQL was not started";
  if (!server) return nullptr;
  std::unique_ptr<PostgresDatabase> made(new PostgresDatabase);
  made->server_url_ = server->substr(0, server->find('\n'));
  auto admin = open_postgres(made->server_url_, StoreUse::write);
  if (!admin && admin.error().kind == ErrorKind::unavailable) {
    why = admin.error().message;
    return nullptr;
  }
  // Tests of several processes run at once.
  made->name_ = "test_" + sha256_hex(std::string(TempFolder::create()->path())).substr(0, 24);
  const auto created = (*admin)->script("CREATE DATABASE " + made->name_);
  EXPECT_TRUE(created) << created.error().message;
  made->url_ = made->server_url_.substr(0, made->server_url_.rfind('/') + 1) + made->name_;
  return made;
}

PostgresDatabase::~PostgresDatabase() {
  const auto admin = open_postgres(server_url_, StoreUse::write);
  EXPECT_TRUE(admin && (*admin)->script("DROP DATABASE " + name_ + " WITH (FORCE)"));
}

}  // namespace eb::test
