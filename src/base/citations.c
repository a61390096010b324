/* The papers and libraries behind the features. A run's references.bib holds the entries that its features cited. */
#include <hopfilm/base.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  const char *key, *entry;
} Citation;

// clang-format off
static const Citation citations[] = {
    {"yu-2021",
     "@article{yu-2021,\n"
     "  author = {Yu, Weichao and Xiao, Jiang and Bauer, Gerrit E. W.},\n"
     "  title = {{Hopfield} neural network in magnetic textures with intrinsic {Hebbian} learning},\n"
     "  journal = {Physical Review B},\n"
     "  volume = {104},\n"
     "  number = {18},\n"
     "  pages = {L180405},\n"
     "  year = {2021},\n"
     "  doi = {10.1103/PhysRevB.104.L180405}\n"
     "}"},
    {"niu-2024",
     "@article{niu-2024,\n"
     "  author = {Niu, Chang and Zhang, Huanyu and Xu, Chuanlong and Hu, Wenjie and Wu, Yunzhuo and Wu, Yu and Wang, Yadi and Wu, Tong and Zhu, Yi and Zhu, Yinyan and Wang, Wenbin and Wu, Yizheng and Yin, Lifeng and Xiao, Jiang and Yu, Weichao and Guo, Hangwen and Shen, Jian},\n"
     "  title = {A self-learning magnetic {Hopfield} neural network with intrinsic gradient descent adaption},\n"
     "  journal = {Proceedings of the National Academy of Sciences},\n"
     "  volume = {121},\n"
     "  number = {51},\n"
     "  pages = {e2416294121},\n"
     "  year = {2024},\n"
     "  doi = {10.1073/pnas.2416294121}\n"
     "}"},
#include "citations_learners.def"
    {"visintin-1997",
     "@article{visintin-1997,\n"
     "  author = {Visintin, Augusto},\n"
     "  title = {Modified {Landau}--{Lifshitz} equation for ferromagnetism},\n"
     "  journal = {Physica B: Condensed Matter},\n"
     "  volume = {233},\n"
     "  number = {4},\n"
     "  pages = {365--369},\n"
     "  year = {1997},\n"
     "  doi = {10.1016/S0921-4526(97)00322-0}\n"
     "}"},
    {"bogacki-shampine-1989",
     "@article{bogacki-shampine-1989,\n"
     "  author = {Bogacki, Przemyslaw and Shampine, Lawrence F.},\n"
     "  title = {A 3(2) pair of {Runge}--{Kutta} formulas},\n"
     "  journal = {Applied Mathematics Letters},\n"
     "  volume = {2},\n"
     "  number = {4},\n"
     "  pages = {321--325},\n"
     "  year = {1989},\n"
     "  doi = {10.1016/0893-9659(89)90079-7}\n"
     "}"},
    {"herzer-1990",
     "@article{herzer-1990,\n"
     "  author = {Herzer, Giselher},\n"
     "  title = {Grain size dependence of coercivity and permeability in nanocrystalline ferromagnets},\n"
     "  journal = {IEEE Transactions on Magnetics},\n"
     "  volume = {26},\n"
     "  number = {5},\n"
     "  pages = {1397--1402},\n"
     "  year = {1990},\n"
     "  doi = {10.1109/20.104389}\n"
     "}"},
    {"brown-1963",
     "@article{brown-1963,\n"
     "  author = {Brown, William Fuller},\n"
     "  title = {Thermal fluctuations of a single-domain particle},\n"
     "  journal = {Physical Review},\n"
     "  volume = {130},\n"
     "  number = {5},\n"
     "  pages = {1677--1686},\n"
     "  year = {1963},\n"
     "  doi = {10.1103/PhysRev.130.1677}\n"
     "}"},
    {"garcia-palacios-1998",
     "@article{garcia-palacios-1998,\n"
     "  author = {Garc{\\'i}a-Palacios, Jos{\\'e} Luis and L{\\'a}zaro, Francisco J.},\n"
     "  title = {Langevin-dynamics study of the dynamical properties of small magnetic particles},\n"
     "  journal = {Physical Review B},\n"
     "  volume = {58},\n"
     "  number = {22},\n"
     "  pages = {14937--14958},\n"
     "  year = {1998},\n"
     "  doi = {10.1103/PhysRevB.58.14937}\n"
     "}"},
    {"newell-1993",
     "@article{newell-1993,\n"
     "  author = {Newell, Andrew J. and Williams, Wyn and Dunlop, David J.},\n"
     "  title = {A generalization of the demagnetizing tensor for nonuniform magnetization},\n"
     "  journal = {Journal of Geophysical Research: Solid Earth},\n"
     "  volume = {98},\n"
     "  number = {B6},\n"
     "  pages = {9551--9555},\n"
     "  year = {1993},\n"
     "  doi = {10.1029/93JB00694}\n"
     "}"},
    {"dieny-1991",
     "@article{dieny-1991,\n"
     "  author = {Dieny, B. and Speriosu, V. S. and Parkin, S. S. P. and Gurney, B. A. and Wilhoit, D. R. and Mauri, D.},\n"
     "  title = {Giant magnetoresistive in soft ferromagnetic multilayers},\n"
     "  journal = {Physical Review B},\n"
     "  volume = {43},\n"
     "  number = {1},\n"
     "  pages = {1297--1300},\n"
     "  year = {1991},\n"
     "  doi = {10.1103/PhysRevB.43.1297}\n"
     "}"},
    {"manchon-2019",
     "@article{manchon-2019,\n"
     "  author = {Manchon, Aur{\\'e}lien and {\\v{Z}}elezn{\\'y}, Jakub and Miron, Ioan Mihai and Jungwirth, Tom{\\'a}{\\v{s}} and Sinova, Jairo and Thiaville, Andr{\\'e} and Garello, Kevin and Gambardella, Pietro},\n"
     "  title = {Current-induced spin-orbit torques in ferromagnetic and antiferromagnetic systems},\n"
     "  journal = {Reviews of Modern Physics},\n"
     "  volume = {91},\n"
     "  number = {3},\n"
     "  pages = {035004},\n"
     "  year = {2019},\n"
     "  doi = {10.1103/RevModPhys.91.035004}\n"
     "}"},
    {"zhang-li-2004",
     "@article{zhang-li-2004,\n"
     "  author = {Zhang, Shufeng and Li, Zhanjie},\n"
     "  title = {Roles of nonequilibrium conduction electrons on the magnetization dynamics of ferromagnets},\n"
     "  journal = {Physical Review Letters},\n"
     "  volume = {93},\n"
     "  pages = {127204},\n"
     "  year = {2004},\n"
     "  doi = {10.1103/PhysRevLett.93.127204}\n"
     "}"},
    {"gilbert-2004",
     "@article{gilbert-2004,\n"
     "  author = {Gilbert, Thomas L.},\n"
     "  title = {A phenomenological theory of damping in ferromagnetic materials},\n"
     "  journal = {IEEE Transactions on Magnetics},\n"
     "  volume = {40},\n"
     "  number = {6},\n"
     "  pages = {3443--3449},\n"
     "  year = {2004},\n"
     "  doi = {10.1109/TMAG.2004.836740}\n"
     "}"},
    {"mcguire-potter-1975",
     "@article{mcguire-potter-1975,\n"
     "  author = {McGuire, Thomas R. and Potter, Robert I.},\n"
     "  title = {Anisotropic magnetoresistance in ferromagnetic 3d alloys},\n"
     "  journal = {IEEE Transactions on Magnetics},\n"
     "  volume = {11},\n"
     "  number = {4},\n"
     "  pages = {1018--1038},\n"
     "  year = {1975},\n"
     "  doi = {10.1109/TMAG.1975.1058782}\n"
     "}"},
    {"nagaosa-2010",
     "@article{nagaosa-2010,\n"
     "  author = {Nagaosa, Naoto and Sinova, Jairo and Onoda, Shigeki and MacDonald, A. H. and Ong, N. P.},\n"
     "  title = {Anomalous {Hall} effect},\n"
     "  journal = {Reviews of Modern Physics},\n"
     "  volume = {82},\n"
     "  number = {2},\n"
     "  pages = {1539--1592},\n"
     "  year = {2010},\n"
     "  doi = {10.1103/RevModPhys.82.1539}\n"
     "}"},
    {"rohart-thiaville-2013",
     "@article{rohart-thiaville-2013,\n"
     "  author = {Rohart, Stanislas and Thiaville, Andr{\\'e}},\n"
     "  title = {Skyrmion confinement in ultrathin film nanostructures in the presence of {Dzyaloshinskii-Moriya} interaction},\n"
     "  journal = {Physical Review B},\n"
     "  volume = {88},\n"
     "  number = {18},\n"
     "  pages = {184422},\n"
     "  year = {2013},\n"
     "  doi = {10.1103/PhysRevB.88.184422}\n"
     "}"},
    {"cortes-ortuno-2018",
     "@article{cortes-ortuno-2018,\n"
     "  author = {Cort{\\'e}s-Ortu{\\~n}o, David and Beg, Marijan and Nehruji, Vanessa and Breth, Leoni and Pepper, Ryan and Kluyver, Thomas and Downing, Gary and Hesjedal, Thorsten and Hatton, Peter and Lancaster, Tom and Hertel, Riccardo and Hovorka, Ondrej and Fangohr, Hans},\n"
     "  title = {Proposal for a micromagnetic standard problem for materials with {Dzyaloshinskii-Moriya} interaction},\n"
     "  journal = {New Journal of Physics},\n"
     "  volume = {20},\n"
     "  number = {11},\n"
     "  pages = {113015},\n"
     "  year = {2018},\n"
     "  doi = {10.1088/1367-2630/aaea1c}\n"
     "}"},
    {"hopfield-1982",
     "@article{hopfield-1982,\n"
     "  author = {Hopfield, John J.},\n"
     "  title = {Neural networks and physical systems with emergent collective computational abilities},\n"
     "  journal = {Proceedings of the National Academy of Sciences},\n"
     "  volume = {79},\n"
     "  number = {8},\n"
     "  pages = {2554--2558},\n"
     "  year = {1982},\n"
     "  doi = {10.1073/pnas.79.8.2554}\n"
     "}"},
    {"oja-1982",
     "@article{oja-1982,\n"
     "  author = {Oja, Erkki},\n"
     "  title = {A simplified neuron model as a principal component analyzer},\n"
     "  journal = {Journal of Mathematical Biology},\n"
     "  volume = {15},\n"
     "  number = {3},\n"
     "  pages = {267--273},\n"
     "  year = {1982},\n"
     "  doi = {10.1007/BF00275687}\n"
     "}"},
    {"oja-1989",
     "@article{oja-1989,\n"
     "  author = {Oja, Erkki},\n"
     "  title = {Neural networks, principal components, and subspaces},\n"
     "  journal = {International Journal of Neural Systems},\n"
     "  volume = {1},\n"
     "  number = {1},\n"
     "  pages = {61--68},\n"
     "  year = {1989},\n"
     "  doi = {10.1142/S0129065789000475}\n"
     "}"},
    {"hopfield-1983",
     "@article{hopfield-1983,\n"
     "  author = {Hopfield, John J. and Feinstein, David I. and Palmer, Richard G.},\n"
     "  title = {'{Unlearning}' has a stabilizing effect in collective memories},\n"
     "  journal = {Nature},\n"
     "  volume = {304},\n"
     "  pages = {158--159},\n"
     "  year = {1983},\n"
     "  doi = {10.1038/304158a0}\n"
     "}"},
    {"personnaz-1986",
     "@article{personnaz-1986,\n"
     "  author = {Personnaz, L{\\'e}on and Guyon, Isabelle and Dreyfus, G{\\'e}rard},\n"
     "  title = {Collective computational properties of neural networks: New learning mechanisms},\n"
     "  journal = {Physical Review A},\n"
     "  volume = {34},\n"
     "  number = {5},\n"
     "  pages = {4217--4228},\n"
     "  year = {1986},\n"
     "  doi = {10.1103/PhysRevA.34.4217}\n"
     "}"},
    {"storkey-1997",
     "@inproceedings{storkey-1997,\n"
     "  author = {Storkey, Amos},\n"
     "  title = {Increasing the capacity of a {Hopfield} network without sacrificing functionality},\n"
     "  booktitle = {Artificial Neural Networks (ICANN '97)},\n"
     "  series = {Lecture Notes in Computer Science},\n"
     "  volume = {1327},\n"
     "  publisher = {Springer},\n"
     "  pages = {451--456},\n"
     "  year = {1997},\n"
     "  doi = {10.1007/BFb0020196}\n"
     "}"},
    {"krotov-hopfield-2016",
     "@inproceedings{krotov-hopfield-2016,\n"
     "  author = {Krotov, Dmitry and Hopfield, John J.},\n"
     "  title = {Dense associative memory for pattern recognition},\n"
     "  booktitle = {Advances in Neural Information Processing Systems},\n"
     "  volume = {29},\n"
     "  pages = {1172--1180},\n"
     "  year = {2016},\n"
     "  eprint = {1606.01164},\n"
     "  archivePrefix = {arXiv}\n"
     "}"},
    {"krotov-hopfield-2019",
     "@article{krotov-hopfield-2019,\n"
     "  author = {Krotov, Dmitry and Hopfield, John J.},\n"
     "  title = {Unsupervised learning by competing hidden units},\n"
     "  journal = {Proceedings of the National Academy of Sciences},\n"
     "  volume = {116},\n"
     "  number = {16},\n"
     "  pages = {7723--7731},\n"
     "  year = {2019},\n"
     "  doi = {10.1073/pnas.1820458116}\n"
     "}"},
    {"song-2000",
     "@article{song-2000,\n"
     "  author = {Song, Sen and Miller, Kenneth D. and Abbott, L. F.},\n"
     "  title = {Competitive {Hebbian} learning through spike-timing-dependent synaptic plasticity},\n"
     "  journal = {Nature Neuroscience},\n"
     "  volume = {3},\n"
     "  number = {9},\n"
     "  pages = {919--926},\n"
     "  year = {2000},\n"
     "  doi = {10.1038/78829}\n"
     "}"},
    {"bi-poo-2001",
     "@article{bi-poo-2001,\n"
     "  author = {Bi, Guo-qiang and Poo, Mu-ming},\n"
     "  title = {Synaptic modification by correlated activity: {Hebb}'s postulate revisited},\n"
     "  journal = {Annual Review of Neuroscience},\n"
     "  volume = {24},\n"
     "  pages = {139--166},\n"
     "  year = {2001},\n"
     "  doi = {10.1146/annurev.neuro.24.1.139}\n"
     "}"},
    {"wilson-1927",
     "@article{wilson-1927,\n"
     "  author = {Wilson, Edwin B.},\n"
     "  title = {Probable inference, the law of succession, and statistical inference},\n"
     "  journal = {Journal of the American Statistical Association},\n"
     "  volume = {22},\n"
     "  number = {158},\n"
     "  pages = {209--212},\n"
     "  year = {1927},\n"
     "  doi = {10.1080/01621459.1927.10502953}\n"
     "}"},
    {"nagy-1966",
     "@article{nagy-1966,\n"
     "  author = {Nagy, Dezs{\\H{o}}},\n"
     "  title = {The gravitational attraction of a right rectangular prism},\n"
     "  journal = {Geophysics},\n"
     "  volume = {31},\n"
     "  number = {2},\n"
     "  pages = {362--371},\n"
     "  year = {1966},\n"
     "  doi = {10.1190/1.1439779}\n"
     "}"},
    {"nagy-2000",
     "@article{nagy-2000,\n"
     "  author = {Nagy, Dezs{\\H{o}} and Papp, G{\\'a}bor and Benedek, Judit},\n"
     "  title = {The gravitational potential and its derivatives for the prism},\n"
     "  journal = {Journal of Geodesy},\n"
     "  volume = {74},\n"
     "  pages = {552--560},\n"
     "  year = {2000},\n"
     "  doi = {10.1007/s001900000116}\n"
     "}"},
    {"dormand-prince-1980",
     "@article{dormand-prince-1980,\n"
     "  author = {Dormand, John R. and Prince, Peter J.},\n"
     "  title = {A family of embedded {Runge-Kutta} formulae},\n"
     "  journal = {Journal of Computational and Applied Mathematics},\n"
     "  volume = {6},\n"
     "  number = {1},\n"
     "  pages = {19--26},\n"
     "  year = {1980},\n"
     "  doi = {10.1016/0771-050X(80)90013-3}\n"
     "}"},
    {"petsc",
     "@incollection{petsc,\n"
     "  author = {Balay, Satish and Gropp, William D. and McInnes, Lois Curfman and Smith, Barry F.},\n"
     "  title = {Efficient management of parallelism in object oriented numerical software libraries},\n"
     "  booktitle = {Modern Software Tools in Scientific Computing},\n"
     "  editor = {Arge, Erlend and Bruaset, Are Magnus and Langtangen, Hans Petter},\n"
     "  publisher = {Birkh{\\\"a}user},\n"
     "  pages = {163--202},\n"
     "  year = {1997},\n"
     "  doi = {10.1007/978-1-4612-1986-6_8}\n"
     "}"},
    {"hdf5",
     "@misc{hdf5,\n"
     "  author = {{The HDF Group}},\n"
     "  title = {Hierarchical Data Format, version 5},\n"
     "  url = {https://www.hdfgroup.org/HDF5/}\n"
     "}"},
    {"fftw",
     "@article{fftw,\n"
     "  author = {Frigo, Matteo and Johnson, Steven G.},\n"
     "  title = {The design and implementation of {FFTW3}},\n"
     "  journal = {Proceedings of the IEEE},\n"
     "  volume = {93},\n"
     "  number = {2},\n"
     "  pages = {216--231},\n"
     "  year = {2005},\n"
     "  doi = {10.1109/JPROC.2004.840301}\n"
     "}"},
    {"random123",
     "@inproceedings{random123,\n"
     "  author = {Salmon, John K. and Moraes, Mark A. and Dror, Ron O. and Shaw, David E.},\n"
     "  title = {Parallel random numbers: as easy as 1, 2, 3},\n"
     "  booktitle = {Proceedings of the 2011 International Conference for High Performance Computing, Networking, Storage and Analysis (SC '11)},\n"
     "  publisher = {ACM},\n"
     "  pages = {16:1--16:12},\n"
     "  year = {2011},\n"
     "  doi = {10.1145/2063384.2063405}\n"
     "}"},
    {"kirkpatrick-1983",
     "@article{kirkpatrick-1983,\n"
     "  author = {Kirkpatrick, S. and Gelatt, C. D. and Vecchi, M. P.},\n"
     "  title = {Optimization by simulated annealing},\n"
     "  journal = {Science},\n"
     "  volume = {220},\n"
     "  number = {4598},\n"
     "  pages = {671--680},\n"
     "  year = {1983},\n"
     "  doi = {10.1126/science.220.4598.671}\n"
     "}"},
    {"wang-2018",
     "@article{wang-2018,\n"
     "  author = {Wang, X. S. and Yuan, H. Y. and Wang, X. R.},\n"
     "  title = {A theory on skyrmion size},\n"
     "  journal = {Communications Physics},\n"
     "  volume = {1},\n"
     "  pages = {31},\n"
     "  year = {2018},\n"
     "  doi = {10.1038/s42005-018-0029-0}\n"
     "}"},
};
// clang-format on
#define N_CITATIONS ((int)(sizeof(citations) / sizeof(citations[0])))
_Static_assert(sizeof(citations) / sizeof(citations[0]) <= 64, "the cited set is one 64-bit word");

/* Process-wide state: bit i says that citations[i] was cited. It steers nothing but the list of references. */
static uint64_t cited = 0;

static int find(const char *key) {
  for (int i = 0; i < N_CITATIONS; ++i)
    if (!strcmp(citations[i].key, key)) return i;
  return -1;
}

PetscBool HfCitationKnown(const char *key) { return key && find(key) >= 0 ? PETSC_TRUE : PETSC_FALSE; }

void HfCite(const char *key) {
  const int i = key ? find(key) : -1;
  if (i >= 0) cited |= (uint64_t)1 << i;
}

void HfCitationsClear(void) { cited = 0; }

PetscErrorCode HfCitationsWrite(FILE *file) {
  PetscFunctionBeginUser;
  for (int i = 0; i < N_CITATIONS; ++i) {
    if (cited >> i & 1) PetscCheck(fprintf(file, "%s\n\n", citations[i].entry) > 0, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "references not written");
  }
  PetscFunctionReturn(0);
}
