//! A picture of some lines over two logarithmic axes.

use std::fmt::Write;

/// A line: its name, and its points.
type Line = (&'static str, Vec<(f64, f64)>);

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
/// The area of the lines.
const LEFT: f64 = 70.0;
const RIGHT: f64 = WIDTH - 90.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = HEIGHT - 40.0;
const COLOURS: [&str; 3] = ["#c8401e", "#2f6db5", "#6b8f2a"];

/// The powers of ten around all values.
fn decades(values: impl Iterator<Item = f64> + Clone) -> (i32, i32) {
    let least = values.clone().fold(f64::MAX, f64::min).log10().floor();
    let most = values.fold(f64::MIN_POSITIVE, f64::max).log10().ceil();
    (least as i32, (most as i32).max(least as i32 + 1))
}

/// The picture, as a file's text.
pub(super) fn picture(title: &str, lines: &[Line; 3]) -> String {
    let points = lines.iter().flat_map(|(_, points)| points);
    let across = decades(points.clone().map(|point| point.0));
    let up = decades(points.map(|point| point.1));
    let part = |value: f64, (low, high): (i32, i32)| {
        (value.log10() - f64::from(low)) / f64::from(high - low)
    };
    let x = |value: f64| LEFT + part(value, across) * (RIGHT - LEFT);
    let y = |value: f64| BOTTOM - part(value, up) * (BOTTOM - TOP);

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"14\">{title}</text>\n"
    );
    let mut add = |element: String| writeln!(svg, "{element}").expect("a string takes all");
    for power in across.0..=across.1 {
        let at = x(10_f64.powi(power));
        add(format!(
            "<path d=\"M{at:.1} {TOP}V{BOTTOM}\" stroke=\"#ddd\"/>\
             <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            BOTTOM + 18.0,
            number(power)
        ));
    }
    for power in up.0..=up.1 {
        let at = y(10_f64.powi(power));
        add(format!(
            "<path d=\"M{LEFT} {at:.1}H{RIGHT}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 8.0,
            at + 4.0,
            number(power)
        ));
    }
    for (index, ((name, points), colour)) in lines.iter().zip(COLOURS).enumerate() {
        let path: Vec<String> = points
            .iter()
            .map(|&(n, value)| format!("{:.1} {:.1}", x(n), y(value)))
            .collect();
        if !path.is_empty() {
            add(format!(
                "<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                path.join("L")
            ));
        }
        let at = TOP + 14.0 + 18.0 * index as f64;
        add(format!(
            "<text x=\"{:.1}\" y=\"{at:.1}\" fill=\"{colour}\">{name}</text>",
            RIGHT + 12.0
        ));
    }
    svg + "</svg>\n"
}

/// A power of ten as a person writes it.
fn number(power: i32) -> String {
    match power {
        0..=2 => format!("{}", 10_i32.pow(power as u32)),
        3..=5 => format!("{},000", 10_i32.pow(power as u32 - 3)),
        6..=8 => format!("{} M", 10_i32.pow(power as u32 - 6)),
        _ => format!("1e{power}"),
    }
}
