using Routing.Tests.Fuzz;

namespace Routing.Tests;

/// <summary>The tests as a program: for a fuzzer, and for a machine that has no SDK. `dotnet test` does not come by here.</summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["fuzz", var name]:
                FuzzProgram.Run(name);
                return 0;
            case ["run", var pattern]:
                return TestRun.Run(pattern, Console.Out);
            default:
                Console.Error.WriteLine("usage: fuzz TARGET, the name of a folder in Routing.Tests/Fuzz/Corpus\n"
                    + "       run PATTERN, a regular expression for the full names of tests");
                return 2;
        }
    }
}
