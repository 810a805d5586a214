#pragma once
// A PostgreSQL database of a test's own, in the server that tests/support/postgres started.
#include <memory>
#include <string>

namespace eb::test {

class PostgresDatabase {
 public:
  // Absent where there is no server; `why` then says why.
  static std::unique_ptr<PostgresDatabase> create(std::string& why);
  ~PostgresDatabase();
  const std::string& url() const { return url_; }
  const std::string& server_url() const { return server_url_; }  // of the database that is always there

 private:
  PostgresDatabase() = default;
  std::string url_, server_url_, name_;
};

}  // namespace eb::test
