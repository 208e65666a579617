#pragma once

// What PostgreSQL 15 said about two tables after ANALYZE with default_statistics_target = 20. Values of fixed-length
// columns are left out: the size model needs none.

#include <array>
#include <cstdint>
#include <string_view>

namespace pgassay::whatif {

struct MeasuredTable {
  std::uint32_t oid;
  std::string_view name;
  int pages;
  double tuples;
};

struct MeasuredColumn {
  std::uint32_t table;
  int number;
  std::string_view name;
  std::string_view type;
  int type_length;
  char type_align;
  double null_fraction;
  int average_width;
  double distinct;
  std::string_view common_frequencies;  // empty: no such slot
  std::string_view common_values;
  std::string_view histogram;
  std::string_view correlation;
};

inline constexpr std::array kMeasuredTables = {
    MeasuredTable{1, "orders", 27781, 999922},
    MeasuredTable{2, "Odd Table", 1411, 100000},
};

inline constexpr std::array kMeasuredColumns = {
    MeasuredColumn{1, 1, "id", "bigint", 8, 'd', 0, 8, -1, "", "", "", R"({0.9983861})"},
    MeasuredColumn{1, 3, "status", "text", -1, 'i', 0, 6, 4, R"({0.6235,0.193,0.09283333,0.09066667})",
                   R"({done,shipped,open,cancelled})", "", R"({0.45017782})"},
    MeasuredColumn{1, 4, "uid", "uuid", 16, 'c', 0, 16, -1, "", "", "", R"({0.004782069})"},
    MeasuredColumn{1, 5, "created_at", "timestamp with time zone", 8, 'd', 0, 8, -1, "", "", "", R"({0.9983861})"},
    MeasuredColumn{1, 6, "amount", "numeric", -1, 'i', 0, 6, -0.51434714, "", "",
                   R"({1.24,478.13,956.23,1451.21,1972.91,2482.99,3042.90,3529.54,4052.07,4512.52,5017.82,5513)"
                   R"(.91,5953.34,6488.04,6990.08,7479.88,8006.86,8503.13,8992.89,9513.23,9997.67})",
                   R"({0.014125155})"},
    MeasuredColumn{1, 7, "ref", "bigint", 8, 'd', 0.9015, 8, -0.09850001, "", "", "", R"({-0.00873501})"},
    MeasuredColumn{1, 8, "flag", "boolean", 1, 'c', 0, 1, 2, R"({0.90216666,0.097833335})", "", "", R"({0.82505333})"},
    MeasuredColumn{1, 9, "wide", "text", -1, 'i', 0, 101, -1, "", "",
                   R"({0001b56da878b974451d050a2fd22b890001b56da878b974451d050a2fd22b890001b56da878b974451d050)"
                   R"(a2fd22b89xxxxx,0c8ccbde23d02807de5d7d270f3b02a10c8ccbde23d02807de5d7d270f3b02a10c8ccbde2)"
                   R"(3d02807de5d7d270f3b02a1xxxxx,18d8a57e9cced8ef8a1965e5aa56e3a918d8a57e9cced8ef8a1965e5aa5)"
                   R"(6e3a918d8a57e9cced8ef8a1965e5aa56e3a9xxxxx,2557d6c62d3a260b21ad39c64c8010e82557d6c62d3a2)"
                   R"(60b21ad39c64c8010e82557d6c62d3a260b21ad39c64c8010e8xxxxxxxx,32f730e8d38597f43ce2c8018cce)"
                   R"(849432f730e8d38597f43ce2c8018cce849432f730e8d38597f43ce2c8018cce8494xx,40254de04664324a4)"
                   R"(024f91a3d167bd040254de04664324a4024f91a3d167bd040254de04664324a4024f91a3d167bd0,4d73f8cf)"
                   R"(e9ba60e9939f7cc82fd0335a4d73f8cfe9ba60e9939f7cc82fd0335a4d73f8cfe9ba60e9939f7cc82fd0335a)"
                   R"(xxxxxxx,5b2bf9ae8668410561426270e02fd1915b2bf9ae8668410561426270e02fd1915b2bf9ae86684105)"
                   R"(61426270e02fd191xx,67a7768198642acad6ac3158216c6c8367a7768198642acad6ac3158216c6c8367a77)"
                   R"(68198642acad6ac3158216c6c83xxx,749e9eda3a3bf9542e520324e1b5939d749e9eda3a3bf9542e520324e)"
                   R"(1b5939d749e9eda3a3bf9542e520324e1b5939dxx,8157bf545fe876e4e5d26fa17fb9730d8157bf545fe876)"
                   R"(e4e5d26fa17fb9730d8157bf545fe876e4e5d26fa17fb9730dxxx,8ef9a625b1906ee4e58b227ac05ed4538e)"
                   R"(f9a625b1906ee4e58b227ac05ed4538ef9a625b1906ee4e58b227ac05ed453xxxxxx,9b9c0602f774ef78919)"
                   R"(940e86b68bbca9b9c0602f774ef78919940e86b68bbca9b9c0602f774ef78919940e86b68bbcaxxxxxx,a8d0)"
                   R"(00d4b4b3b2da911ec3552a8961ada8d000d4b4b3b2da911ec3552a8961ada8d000d4b4b3b2da911ec3552a89)"
                   R"(61adxxxx,b58466dc6cc2d2f061b3df695e410d18b58466dc6cc2d2f061b3df695e410d18b58466dc6cc2d2f)"
                   R"(061b3df695e410d18xxxxx,c268701838c7313cc16729bcf160a041c268701838c7313cc16729bcf160a041c)"
                   R"(268701838c7313cc16729bcf160a041x,ce99155ab7580770749c36bc4e60fa6dce99155ab7580770749c36b)"
                   R"(c4e60fa6dce99155ab7580770749c36bc4e60fa6dxx,db303e048162e010558245b5491d389edb303e048162)"
                   R"(e010558245b5491d389edb303e048162e010558245b5491d389exxxxxxxx,e7320b618237515d02e024d49c8)"
                   R"(c7a0ee7320b618237515d02e024d49c8c7a0ee7320b618237515d02e024d49c8c7a0exxxxx,f3ce1cabc5bfe)"
                   R"(460e64e6a8aa24aedc0f3ce1cabc5bfe460e64e6a8aa24aedc0f3ce1cabc5bfe460e64e6a8aa24aedc0xxx,f)"
                   R"(ffbd27b35860ce8b20733c292c231a7fffbd27b35860ce8b20733c292c231a7fffbd27b35860ce8b20733c29)"
                   R"(2c231a7xxxxxxx})",
                   R"({-0.006184756})"},
    MeasuredColumn{1, 10, "region", "text", -1, 'i', 0, 9, 50, "", "",
                   R"({region-0,region-10,region-12,region-15,region-17,region-19,region-21,region-24,region-2)"
                   R"(6,region-29,region-30,region-33,region-35,region-38,region-4,region-42,region-44,region-)"
                   R"(47,region-49,region-7,region-9})",
                   R"({0.030719874})"},
    MeasuredColumn{1, 12, "agent", "integer", 4, 'i', 0.3005, 4, 18552, "", "", "", R"({0.0025492327})"},
    MeasuredColumn{1, 13, "product", "integer", 4, 'i', 0, 4, -0.2155438, "", "", "", R"({0.00973267})"},
    MeasuredColumn{1, 14, "day", "date", 4, 'i', 0, 4, 1497, R"({0.002})", "", "", R"({0.0048161335})"},
    MeasuredColumn{2, 1, "Key Id", "integer", 4, 'i', 0, 4, -1, "", "", "", R"({1})"},
    MeasuredColumn{2, 2, "Code", "character(12)", -1, 'i', 0, 13, 777, R"({0.0026666666,0.0026666666})",
                   R"({"code240     ","code540     "})",
                   R"({"code0       ","code130     ","code169     ","code200     ","code235     ","code274    )"
                   R"( ","code306     ","code342     ","code377     ","code412     ","code449     ","code482  )"
                   R"(   ","code514     ","code553     ","code587     ","code621     ","code657     ","code697)"
                   R"(     ","code731     ","code764     ","code99      "})",
                   R"({0.010172375})"},
    MeasuredColumn{2, 3, "few", "integer", 4, 'i', 0, 4, -0.29478, "", "", "", R"({0.013344059})"},
    MeasuredColumn{2, 4, "mostly_empty", "text", -1, 'i', 0, 7, 652, R"({0.9015})", R"({""})",
                   R"({0047f3217de58e658595f2e96ccb695f44db3d8bc55c2a767e9d0e2324d2c9b2,0dcc9b0e548342caef8b5b)"
                   R"(df1b1cabd99b49a304dbf180bb42e5676976b77ca7,1c7dc3e6fa278511ea6853dbcae175e52486863ed030c)"
                   R"(210f30c3f7c7dda41c7,261fa1f6ccb78e1d55e8b5677d4f27cde96609dc450c941b0faf10c6e7b87e73,32d)"
                   R"(b466bfe2245576b82b266464a225fcd22efe5ac8b266b3701452e48f0f277,4021c5abb929afe48df2a407b2)"
                   R"(e10804dba5859abe6c0787c3089a43fd8f9f8c,48d0b71d2d14a440d868242b09b33a8351ca02e00076cb610)"
                   R"(13f09ae6de5ee20,544d1b5639a017902e44ca8c8daff6aea74368646788148f159d9dd8daad8f22,671e549)"
                   R"(a361163536a6f69600b1af2c7d46b4ce6012c20af710f23adf1edd7d2,6fa9cc7b0eb2e1c65735f0c1792031)"
                   R"(bd634fe06ab4bc32e74bfa0fa1757e631b,7b159db1b91e6c0807c818846bda50f240566f7742d05b20f8388)"
                   R"(ec4239c9645,85fc44fe79e4ef1da020bdc1eccd9ae836300af530a20352dcf012b9c2de784f,94f4ec3f298)"
                   R"(a309a9c588965e9ba53e8cdf52224074dea7c1cfded80da6e59a3,a39147d7400e625ef2b6b25a573707a50b)"
                   R"(7aa36d79d3a34f4a96d92fcd238029,b2f0396b9e5719322b2410d3d1296548660033a6836938e63f795edca)"
                   R"(ca53a43,bdbcf8ad78ce49ac6d6d9bf39a7267b50997e9b1ada8edbed3b8d5db473d21dd,ca00f348274c410)"
                   R"(4e88409f3f2db5e6e2e5e0f033a7dff93691e89b631ab45df,d551d2e167335a5667d47fdcdc38f4aa2adb8e)"
                   R"(e1bf8ac734fab2e4cf51528dbc,e60747156d94cff92de0cb060a61683d8ad64c997eb84d889f70a3cf5e6a7)"
                   R"(255,f32a223a1f9e7d3fe56313d58f9d114fc128e337246232dcf60af0c9c9cea3eb,ffdfd96f0c188821f1e)"
                   R"(1df73a3af3051f42bc69973bec6feece4de7a811f6ce9})",
                   R"({0.8199601})"},
    MeasuredColumn{2, 6, "tags", "integer[]", -1, 'i', 0, 29, 30, R"({0.038666666})", "", "", R"({0.035910647})"},
    MeasuredColumn{2, 7, "small", "smallint", 2, 's', 0, 2, 90, R"({0.014166667})", "", "", R"({0.016177779})"},
};

}  // namespace pgassay::whatif
