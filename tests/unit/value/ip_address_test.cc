// What text is an address, and which addresses a block holds.
#include "value/ip_address.h"

#include <gtest/gtest.h>

#include <string_view>

namespace spelk {
namespace {

TEST(IpAddressTest, Texts) {
  for (const std::string_view text :
       {"0.0.0.0", "255.255.255.255", "10.1.2.3", "010.001.002.003", "::", "::1", "1::", "fe80::1",
        "2001:0db8:FFFF:ffff:ffff:ffff:ffff:ff99", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4",
        "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7::"}) {
    EXPECT_TRUE(ParseIpAddress(text).has_value()) << text;
  }
}

TEST(IpAddressTest, TextsThatAreNone) {
  for (const std::string_view text : {"",
                                      "1",
                                      "1.2.3",
                                      "1.2.3.4.5",
                                      "1.2.3.256",
                                      "1.2.3.",
                                      ".1.2.3",
                                      "1..2.3",
                                      "1.2.3.4 ",
                                      " 1.2.3.4",
                                      "a.b.c.d",
                                      "+1.2.3.4",
                                      "1.2.3.-4",
                                      "0x1.2.3.4",
                                      "1.2.3.0004",
                                      ":",
                                      ":::",
                                      "1:::2",
                                      "1::2::3",
                                      "1:2:3:4:5:6:7",
                                      "1:2:3:4:5:6:7:8:9",
                                      "12345::",
                                      "g::",
                                      "1:",
                                      ":1",
                                      "fe80::1%eth0",
                                      "[::1]",
                                      "::1.2.3",
                                      "1:2:3:4:5:6:7:1.2.3.4",
                                      "1.2.3.4::"}) {
    EXPECT_FALSE(ParseIpAddress(text).has_value()) << text;
  }
}

TEST(IpAddressTest, FormsOfOneAddress) {
  EXPECT_EQ(ParseIpAddress("2001:db8::1"), ParseIpAddress("2001:0DB8:0:0::0:0001"));
  EXPECT_EQ(ParseIpAddress("::102:304"), ParseIpAddress("::1.2.3.4"));
  // An IPv4 address is not the IPv6 address that maps it.
  EXPECT_NE(ParseIpAddress("1.2.3.4"), ParseIpAddress("::ffff:1.2.3.4"));
}

bool Contains(std::string_view block, std::string_view address) {
  const std::optional<CidrBlock> parsed = ParseCidr(block);
  const std::optional<IpAddress> ip = ParseIpAddress(address);
  return parsed && ip && parsed->Contains(*ip);
}

TEST(IpAddressTest, Blocks) {
  EXPECT_TRUE(Contains("10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(Contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(Contains("182.236.164.11/16", "182.236.0.1"));  // Bits of the host are ignored.
  EXPECT_TRUE(Contains("1.2.3.4/32", "1.2.3.4"));
  EXPECT_FALSE(Contains("1.2.3.4/32", "1.2.3.5"));
  EXPECT_TRUE(Contains("1.2.3.4/0", "255.0.0.1"));
  EXPECT_TRUE(Contains("172.16.0.0/12", "172.31.255.255"));
  EXPECT_FALSE(Contains("172.16.0.0/12", "172.32.0.0"));
  EXPECT_TRUE(Contains("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(Contains("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(Contains("::/0", "ffff::"));
  EXPECT_TRUE(Contains("::1/128", "::1"));
  // Families do not mix.
  EXPECT_FALSE(Contains("::/0", "1.2.3.4"));
  EXPECT_FALSE(Contains("0.0.0.0/0", "::1"));
}

TEST(IpAddressTest, TextsThatAreNoBlocks) {
  for (const std::string_view text :
       {"", "/", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ",
        "10.0.0.0/8/8", "::/129", "10.0.0/8", "/8", "10.0.0.0/x", "10.0.0.0/255.0.0.0"}) {
    EXPECT_FALSE(ParseCidr(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace spelk
