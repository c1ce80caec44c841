using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Reflection;
using System.Xml.Linq;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Package;

/// <summary>Routing.Bgp as others get it.</summary>
[TestFixture]
internal sealed class PackageTests
{
    [Test]
    public void The_README_shows_the_example_that_is_compiled_here()
    {
        var source = File.ReadAllLines(Repository.PathOf("Routing.Tests/Bgp/Package/ReadmeExample.cs"));
        var begin = Array.FindIndex(source, line => line.Contains("// README begins", StringComparison.Ordinal));
        var end = Array.FindIndex(source, line => line.Contains("// README ends", StringComparison.Ordinal));
        var example = string.Join('\n', source[(begin + 1)..end].Select(line => line[8..]));
        var readme = File.ReadAllText(Repository.PathOf("Routing.Bgp/README.md"));

        Assert.That(readme, Does.Contain($"```csharp\n{example}\n```"));
        Assert.That(end - begin - 1, Is.LessThanOrEqualTo(15), "lines of the example");
    }

    [Test]
    public async Task The_example_advertises_a_prefix_and_prints_what_it_learns()
    {
        var printed = new ConcurrentQueue<string>();
        ReadmeExample.Console.Written += printed.Enqueue;
        var endpoint = new IPEndPoint(IPAddress.Parse("127.0.91.1"), 17990);
        var learned = new ConcurrentQueue<Prefix>();
        await using var neighbor = new BgpSpeaker(
            new SpeakerConfig
            {
                Asn = 65000,
                RouterId = IPAddress.Parse("192.0.2.254"),
                ListenEndpoints = [endpoint],
                Peers = [new PeerConfig { Name = "example", AddressRange = IPNetwork.Parse("127.0.0.0/8"), Asn = 65001 }],
                Originate = [Prefix.Parse("198.51.100.0/24")],
            },
            change => learned.Enqueue(change.Prefix));
        await neighbor.StartAsync(CancellationToken.None);

        var example = Task.Run(() => ReadmeExample.RunAsync([endpoint.ToString()]));
        try
        {
            await Until.TrueAsync("the example's prefix", () => learned.Contains(Prefix.Parse("10.1.0.0/24")));
            await Until.TrueAsync("what the example prints", () => printed.Contains("198.51.100.0/24 via 127.0.91.1"));
        }
        finally
        {
            ReadmeExample.Console.PressEnter();
            await example;
        }
    }

    [Test]
    public void The_package_has_its_README_its_documentation_and_one_dependency()
    {
        var folder = Directory.CreateTempSubdirectory("routing-package");
        try
        {
            Tool.Run(
                "dotnet", "pack", Repository.PathOf("Routing.Bgp/Routing.Bgp.csproj"), "--no-build", "-c",
                Configuration, "-o", folder.FullName);

            using var package = ZipFile.OpenRead(folder.GetFiles("Routing.Bgp.*.nupkg").Single().FullName);
            var files = package.Entries.Select(entry => entry.FullName).ToList();
            Assert.That(files, Is.SupersetOf(
                new[] { "README.md", "LICENSE", "lib/net10.0/Routing.Bgp.dll", "lib/net10.0/Routing.Bgp.xml" }));
            using var nuspec = package.GetEntry("Routing.Bgp.nuspec")!.Open();
            var dependencies = XDocument.Load(nuspec).Descendants()
                .Where(element => element.Name.LocalName == "dependency")
                .Select(element => element.Attribute("id")!.Value);
            Assert.That(dependencies, Is.EqualTo(new[] { typeof(NullLoggerFactory).Assembly.GetName().Name }));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Configuration =>
        typeof(PackageTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
}
