using Routing.Agent.Domains;
using Routing.Policy.Model;

namespace Routing.Tests.Agent.Domains;

public class NameFileTests
{
    private string _folder = null!;

    private static readonly (DomainPattern, Address, DateTimeOffset) First =
        (DomainPattern.Parse("*.example.com"), Address.Parse("192.0.2.1"), DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123));

    [SetUp]
    public void Make_a_folder() => _folder = Directory.CreateTempSubdirectory("names-").FullName;

    [TearDown]
    public void Remove_it() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void What_was_added_is_read_and_the_last_time_counts()
    {
        var path = Path.Combine(_folder, "names");
        var second = (First.Item1, Address.Parse("2001:db8::1"), First.Item3);
        using (var file = new NameFile(path))
        {
            Assert.That(file.Read(), Is.Empty);
            Assert.That(file.Add([First], 1), Is.True, "it has to be begun");
            file.Replace([First]);
            Assert.That(file.Add([second, (First.Item1, First.Item2, First.Item3.AddSeconds(7))], 2), Is.False);
        }

        using var next = new NameFile(path);
        Assert.That(next.Read(), Is.EquivalentTo(new[] { (First.Item1, First.Item2, First.Item3.AddSeconds(7)), second }));
        next.Replace([]);
        Assert.That(next.Read(), Is.Empty);
    }

    [Test]
    public void A_line_that_is_none_is_left_out()
    {
        var path = Path.Combine(_folder, "names");
        File.WriteAllText(path, "*.example.com 192.0.2.1 1790000000123\nnothing\n*.example.com x 1\nwww.example.com 192.0.2.1 99999999999999999\nwww.example.com 192.0.2");
        using var file = new NameFile(path);
        Assert.That(file.Read(), Is.EqualTo(new[] { First }));
    }

    [Test]
    public void A_disk_that_was_full_leaves_nothing_half_once_there_is_room()
    {
        Requires.Root();
        Tool.Run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", _folder]);
        try
        {
            var (path, filler) = (Path.Combine(_folder, "names"), Path.Combine(_folder, "filler"));
            using var file = new NameFile(path);
            file.Replace([First]);
            Assert.That(() => File.WriteAllBytes(filler, new byte[1 << 20]), Throws.InstanceOf<IOException>());
            var lines = Enumerable.Range(0, 400).Select(i => (First.Item1, Address.Parse($"10.0.{i / 250}.{i % 250}"), First.Item3)).ToList();
            Assert.That(() => file.Add(lines, 401), Throws.InstanceOf<IOException>());
            File.Delete(filler);
            Assert.That(file.Add(lines, 401), Is.True, "all of it is written anew");
            file.Replace(lines.Append(First));
            Assert.That(file.Add([(First.Item1, Address.Parse("192.0.2.9"), First.Item3)], 402), Is.False);
            Assert.That(file.Read(), Has.Count.EqualTo(402));
        }
        finally
        {
            Tool.Run("umount", [_folder]);
        }
    }

    [Test]
    public void It_is_written_anew_when_most_of_it_is_of_no_use()
    {
        using var file = new NameFile(Path.Combine(_folder, "names"));
        file.Replace([First]);
        var lines = Enumerable.Repeat(First, 1000).ToList();
        Assert.That(Enumerable.Range(0, 5).Select(_ => file.Add(lines, live: 1)), Is.EqualTo(new[] { false, false, false, false, true }));
    }
}
