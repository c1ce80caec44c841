using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Routing.Agent.Dataplane.Barrier;

/// <summary>The processors that run, as the kernel lists them.</summary>
/// <param name="path">Numbers, as 0-3,8.</param>
internal sealed class OnlineProcessors(string path = "/sys/devices/system/cpu/online") : IDisposable
{
    private readonly byte[] _buffer = new byte[1024];
    private byte[] _text = [];
    private int[] _numbers = [];
    private SafeFileHandle? _file;

    /// <summary>Their numbers now; none when nothing tells.</summary>
    public int[] Read()
    {
        if (_file is null && !File.Exists(path))
        {
            return [];
        }

        _file ??= File.OpenHandle(path);
        var text = _buffer.AsSpan(0, RandomAccess.Read(_file, _buffer, 0));
        if (!text.SequenceEqual(_text))
        {
            (_text, _numbers) = (text.ToArray(), Parse(Encoding.ASCII.GetString(text).Trim()));
        }

        return _numbers;
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    internal static int[] Parse(string list) => [.. list.Split(',').SelectMany(range =>
    {
        var ends = range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    })];
}
